//! ICE begun anew under a connection that goes on (RFC 8445 section 9): a browser that changed its network keeps its picture.

use tokio::sync::{mpsc, oneshot};

use super::sdp::{self, IceNames};

/// The lengths that RFC 8839 section 5.4 allows.
const UFRAG: std::ops::RangeInclusive<usize> = 4..=256;
const PASSWORD: std::ops::RangeInclusive<usize> = 22..=256;

/// What whoever made the offer will check with from now on.
#[derive(Clone, PartialEq, Eq)]
pub struct Restart {
    ufrag: String,
    password: String,
}

/// What the password is, is nobody's business.
impl std::fmt::Debug for Restart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Restart").field("ufrag", &self.ufrag).finish_non_exhaustive()
    }
}

/// The negotiation that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restarted {
    /// Its name.
    pub ice: IceNames,
    /// What the browser is told, as an SDP fragment (RFC 8840).
    pub fragment: String,
}

/// Why a fragment restarts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestartError {
    /// A half of the user name or the password is missing, or is none.
    #[error("expected a=ice-ufrag of 4 to 256 and a=ice-pwd of 22 to 256 of the characters A-Z a-z 0-9 + /")]
    Credentials,
    /// The connection ended meanwhile, or the library would not have it.
    #[error("the connection is over")]
    Over,
}

impl Restart {
    /// Reads a fragment's credentials.
    ///
    /// # Errors
    /// [`RestartError::Credentials`].
    pub fn read(fragment: &str) -> Result<Self, RestartError> {
        let is_ice = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
        let fits = |text: &&str, length: &std::ops::RangeInclusive<usize>| length.contains(&text.len()) && is_ice(text);
        let ufrag =
            sdp::attribute(fragment, "ice-ufrag").filter(|text| fits(text, &UFRAG)).ok_or(RestartError::Credentials)?;
        let password = sdp::attribute(fragment, "ice-pwd")
            .filter(|text| fits(text, &PASSWORD))
            .ok_or(RestartError::Credentials)?;
        Ok(Self { ufrag: ufrag.to_owned(), password: password.to_owned() })
    }

    /// Theirs.
    pub(super) fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// The offer as it would be made now.
    pub(super) fn offer(&self, before: &str) -> String {
        let renewed = |line: &str| match line {
            line if line.starts_with("a=ice-ufrag:") => format!("a=ice-ufrag:{}\r\n", self.ufrag),
            line if line.starts_with("a=ice-pwd:") => format!("a=ice-pwd:{}\r\n", self.password),
            line => format!("{line}\r\n"),
        };
        before.lines().map(|line| renewed(line.trim_end())).collect()
    }
}

/// A wish for ICE to begin anew, and where its outcome goes.
pub(super) type Wish = (Restart, oneshot::Sender<Result<Restarted, RestartError>>);

/// Begins ICE anew; the peer goes on.
#[derive(Clone, Debug)]
pub struct Restarter(mpsc::Sender<Wish>);

impl Restarter {
    /// With the end at which wishes come.
    pub(super) fn new() -> (Self, mpsc::Receiver<Wish>) {
        let (wishes, wished) = mpsc::channel(1);
        (Self(wishes), wished)
    }

    /// Takes the browser's new credentials and says what ours are. The old ones are worth nothing when this returns.
    ///
    /// # Errors
    /// [`RestartError::Over`].
    pub async fn restart(&self, restart: Restart) -> Result<Restarted, RestartError> {
        let (tell, told) = oneshot::channel();
        self.0.send((restart, tell)).await.map_err(|_| RestartError::Over)?;
        told.await.unwrap_or(Err(RestartError::Over))
    }
}

/// What of an answer a restart is answered with: everything about ICE, under the first medium, which carries all others.
pub(super) fn fragment(answer: &str) -> String {
    const SESSION: [&str; 3] = ["a=ice-lite", "a=ice-options:", "a=group:BUNDLE"];
    const MEDIUM: [&str; 5] = ["m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:"];
    let (mut fragment, mut media) = (String::new(), 0);
    for line in answer.lines().map(str::trim_end) {
        media += usize::from(line.starts_with("m="));
        let of_session = SESSION.iter().any(|name| line.starts_with(name));
        if (media == 0 && of_session) || (media == 1 && MEDIUM.iter().any(|name| line.starts_with(name))) {
            fragment.push_str(line);
            fragment.push_str("\r\n");
        }
    }
    fragment + "a=end-of-candidates\r\n"
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FRAGMENT: &str = "a=ice-ufrag:anew\r\na=ice-pwd:a-password-of-22-chars\r\n";

    fn credentials(ufrag: &str, password: &str) -> Result<Restart, RestartError> {
        Restart::read(&format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n"))
    }

    #[test]
    fn credentials_are_those_of_the_standard_or_none() {
        let good = "abcdefghijklmnopqrstu/";
        assert!(credentials("anew", good).is_ok());
        for (ufrag, password) in
            [("abc", good), ("anew", "short"), ("an w4", good), ("anew", "abcdefghijklmnopqrstu\"")]
        {
            assert_eq!(credentials(ufrag, password), Err(RestartError::Credentials), "{ufrag} {password}");
        }
        assert_eq!(credentials(&"a".repeat(257), good), Err(RestartError::Credentials));
        assert_eq!(Restart::read("a=candidate:1"), Err(RestartError::Credentials));
        assert_eq!(Restart::read(FRAGMENT), Err(RestartError::Credentials), "a hyphen is none of its characters");
    }

    #[test]
    fn the_offer_is_made_again_with_nothing_else_changed() {
        let restart = credentials("anew", &"p".repeat(22)).unwrap();
        let before = "v=0\r\nm=video 9 X 96\r\na=ice-ufrag:old1\r\na=ice-pwd:old-password\r\na=mid:0\r\n";
        let after = restart.offer(before);
        assert_eq!(after, before.replace("old1", "anew").replace("old-password", &"p".repeat(22)));
    }

    #[test]
    fn its_password_is_never_printed() {
        assert!(!format!("{:?}", credentials("anew", &"p".repeat(22))).contains("ppp"));
    }

    #[test]
    fn an_answer_keeps_what_is_about_ice() {
        let answer = "v=0\r\na=ice-lite\r\na=group:BUNDLE 0 1\r\nm=video 9 X 96\r\na=mid:0\r\na=rtpmap:96 H264/90000\r\n\
                      a=ice-ufrag:us12\r\na=ice-pwd:secret\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n\
                      m=audio 9 X 111\r\na=mid:1\r\na=ice-ufrag:us12\r\n";
        let told = "a=ice-lite\r\na=group:BUNDLE 0 1\r\nm=video 9 X 96\r\na=mid:0\r\na=ice-ufrag:us12\r\na=ice-pwd:secret\r\n\
                    a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n";
        assert_eq!(fragment(answer), told);
    }
}
