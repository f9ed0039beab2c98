//! The elements' peer connections, wherever they are made.

use gst::glib;
use gst::prelude::*;
use serde_json::json;

/// Tells the state of every peer connection that is in `pipeline` or comes to be in it.
pub(crate) fn follow(pipeline: &gst::Pipeline) {
    pipeline.connect_deep_element_added(|_, _, element| follow_one(element));
    let mut elements = pipeline.iterate_recurse();
    while let Ok(Some(element)) = elements.next() {
        follow_one(&element);
    }
}

/// Tells the state of this element, if it is a peer connection.
pub(crate) fn follow_one(element: &gst::Element) {
    if element.factory().is_some_and(|factory| factory.name() == "webrtcbin") {
        element.connect_notify(Some("connection-state"), |element, _| {
            let state = element.property_value("connection-state");
            let nick = glib::EnumValue::from_value(&state).map(|(_, state)| state.nick().to_owned());
            crate::tell("state", json!({ "connection": nick }));
        });
    }
}
