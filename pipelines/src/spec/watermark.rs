//! Who a picture is marked for.

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
