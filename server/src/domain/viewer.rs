//! A viewer: a person who redeemed a link, in one browser.

use super::word::word_enum;

word_enum! {
    /// Where a viewer stands.
    ViewerState {
        /// At the door: somebody of the house has yet to let them in.
        Waiting = "waiting",
        /// Their picture runs.
        Watching = "watching",
        /// In the room, no picture at this moment.
        Joined = "joined",
        /// Gone, or sent away.
        Ended = "ended",
    }
}

/// A browser's own description, shortened to what a person reads, e.g. `Chrome 141 on Windows`.
pub fn browser(user_agent: &str) -> String {
    const NAMES: [(&str, &str); 5] =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Version/", "Safari")];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let found = NAMES.iter().find_map(|(mark, name)| {
        let version = user_agent.split_once(mark)?.1;
        let major: String = version.chars().take_while(char::is_ascii_digit).take(5).collect();
        Some(format!("{name} {major}"))
    });
    let Some(name) = found else {
        return user_agent.chars().filter(|c| !c.is_control()).take(60).collect();
    };
    match SYSTEMS.iter().find(|(mark, _)| user_agent.contains(mark)) {
        Some((_, system)) => format!("{name} on {system}"),
        None => name,
    }
}
