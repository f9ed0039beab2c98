//! Presence on the wire: who is in a room, and where they point.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use crate::domain::pointer as domain;
use crate::store::comment::Person as PersonRecord;

/// Somebody who is or was in the room, to be named in comments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Their link, which is the same however often they come.
    pub link_id: Uuid,
    /// Their name.
    pub name: String,
    /// Whether they are shown the picture now.
    pub here: bool,
    /// Whether their page is in view.
    pub looking: bool,
    /// Whether their hand is up.
    pub hand: bool,
    /// Whether they are of the house, which looks from its console.
    pub house: bool,
}

/// People with what their pages say of them now.
pub(super) fn people(state: &HttpState, records: &[PersonRecord]) -> Vec<Person> {
    let person = |PersonRecord { link_id, name, here, house }: &PersonRecord| {
        let presence = state.screening.services.presence(*link_id);
        let looking = *here && (*house || presence.is_some_and(|presence| presence.is_looking()));
        let hand = presence.is_some_and(|presence| presence.connection.is_some() && presence.hand_at.is_some());
        Person { link_id: *link_id, name: name.clone(), here: *here, looking, hand, house: *house }
    };
    records.iter().map(person).collect()
}

/// Where somebody points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pointer {
    /// Their link; for somebody of the house, their account.
    pub link_id: Uuid,
    /// Their name.
    pub name: String,
    /// `[x, y]` in the picture, from 0 to 1; `null`: nowhere any more.
    pub at: Option<[f32; 2]>,
}

/// Where people point, gathered until it is told: of each person only the last place.
#[derive(Debug, Default)]
pub(super) struct Pointing(BTreeMap<Uuid, Pointer>);

impl Pointing {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn hear(&mut self, domain::Pointer { person, name, at, .. }: domain::Pointer) {
        self.0.insert(person, Pointer { link_id: person, name: name.to_string(), at });
    }

    /// What was gathered; nothing is left.
    pub fn take(&mut self) -> Vec<Pointer> {
        std::mem::take(&mut self.0).into_values().collect()
    }
}
