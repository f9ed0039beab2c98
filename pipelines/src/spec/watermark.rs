//! Who a picture is marked for, and with what.

use forensic::{PilotKey, ViewingKey};
use serde::{Deserialize, Serialize};

/// The fields burned into every frame of one viewing; the UTC time is added by the clock of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkSpec {
    /// The recipient's name, in any script.
    pub name: String,
    /// The recipient's e-mail address.
    pub email: String,
    /// The address the viewing was opened from.
    pub ip: String,
    /// Short code of the viewing, e.g. `K7QX-2M`, which alone names it in the audit log.
    pub session_code: String,
}

/// The keys of the invisible mark: derived for one viewing, of no use for any other. They cannot be printed.
#[derive(Clone, Debug)]
pub struct ForensicKeys {
    /// This viewing's own.
    pub viewing: ViewingKey,
    /// The production's pilot.
    pub pilot: PilotKey,
}

/// Both marks of one viewing. There is no picture with only one of them.
#[derive(Clone, Debug)]
pub struct Marks {
    /// What people read.
    pub visible: MarkSpec,
    /// What only the detector finds.
    pub invisible: ForensicKeys,
}
