//! `OpenTimelineIO`: a timeline without clips whose stack carries the markers.
//!
//! Source: the OpenTimelineIO file format and its serialized schemas (`Timeline.1`, `Stack.1`, `Track.1`, `Gap.1`, `Marker.2`).

use pipelines::spec::time::FrameRate;
use serde_json::{Value, json};

use super::color::marker_color;
use super::marker::{Marker, MarkerList};
use super::resolve::reel_field;

/// The list as a timeline. Marked ranges count from the timeline's start, whose label is `global_start_time`.
///
/// # Errors
/// When writing fails.
pub fn write(list: &MarkerList) -> serde_json::Result<Vec<u8>> {
    let rate = list.rate;
    let gap = json!({
        "OTIO_SCHEMA": "Gap.1", "name": "", "effects": [], "markers": [], "enabled": true, "metadata": {},
        "source_range": range(0, list.duration_frames(), rate),
    });
    let track = json!({
        "OTIO_SCHEMA": "Track.1", "name": "V1", "kind": "Video", "children": [gap], "effects": [], "markers": [],
        "enabled": true, "metadata": {}, "source_range": null,
    });
    let markers: Vec<Value> = list.markers.iter().map(|marker| of_marker(marker, rate)).collect();
    let stack = json!({
        "OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track], "effects": [], "markers": markers,
        "enabled": true, "metadata": {}, "source_range": null,
    });
    serde_json::to_vec_pretty(&json!({
        "OTIO_SCHEMA": "Timeline.1", "name": list.title, "global_start_time": time(list.start.frames(), rate),
        "metadata": metadata(list),
        "tracks": stack,
    }))
}

/// The reel stands where the adapter of CMX 3600 keeps a clip's, as `reel`, and in full under `vitrine`.
fn metadata(list: &MarkerList) -> Value {
    let mut metadata = json!({ "vitrine": {
        "start_timecode": list.start.to_string(), "drop_frame": list.rate.drop_frame, "reel": list.reel,
    } });
    if let (Some(reel), Some(entries)) = (&list.reel, metadata.as_object_mut()) {
        entries.insert("cmx_3600".to_owned(), json!({ "reel": reel_field(reel) }));
    }
    metadata
}

fn of_marker(marker: &Marker, rate: FrameRate) -> Value {
    json!({
        "OTIO_SCHEMA": "Marker.2", "name": marker.author, "comment": marker.text,
        "color": marker_color(marker.category).otio,
        "marked_range": range(marker.frame, marker.duration_frames, rate),
        "metadata": { "vitrine": {
            "id": marker.id, "timecode": marker.timecode.to_string(), "created_at": marker.created_at,
            "category": marker.category.map(|category| category.name()),
            "priority": marker.priority, "resolved": marker.resolved, "drawing": marker.drawing,
            "proof": marker.proof, "frame_witness": marker.witness,
        } },
    })
}

fn time(frames: u64, rate: FrameRate) -> Value {
    json!({ "OTIO_SCHEMA": "RationalTime.1", "value": frames, "rate": rate.as_f64() })
}

fn range(start: u64, duration: u64, rate: FrameRate) -> Value {
    json!({ "OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(duration, rate) })
}
