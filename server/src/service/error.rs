//! Why a use case did not happen.

use pipelines::spec::transport::TransportError;
use uuid::Uuid;

use crate::domain::account::Stage;
use crate::domain::clean_hold::HoldRefusal;
use crate::domain::invalid::Invalid;
use crate::domain::viewing::EndReason;
use crate::store;
use crate::token::hasher::HashError;
use crate::token::random::NoRandomness;

/// Kinds of things that can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// An account.
    Account,
    /// A project.
    Project,
    /// A session.
    Session,
    /// A passkey.
    Passkey,
    /// A review.
    Review,
    /// A link.
    Link,
    /// A viewer.
    Viewer,
    /// A viewing.
    Viewing,
    /// A source of a review.
    Source,
    /// A LUT.
    Lut,
    /// A comment.
    Comment,
    /// A comparison of a leak.
    Trace,
    /// Where notifications go.
    NotificationTarget,
}

impl std::fmt::Display for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Project => "project",
            Self::Session => "session",
            Self::Passkey => "passkey",
            Self::Review => "review",
            Self::Link => "link",
            Self::Viewer => "viewer",
            Self::Viewing => "viewing",
            Self::Source => "source",
            Self::Lut => "LUT",
            Self::Comment => "comment",
            Self::Trace => "trace",
            Self::NotificationTarget => "notification target",
        })
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A value breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such thing.
    #[error("there is no {noun} {id}")]
    NotFound {
        /// What kind.
        noun: Noun,
        /// Which was asked for.
        id: String,
    },
    /// The name is taken.
    #[error("there is already an account {user:?}")]
    AccountExists {
        /// The name.
        user: String,
    },
    /// The name is taken.
    #[error("there is already a project {name:?}")]
    ProjectExists {
        /// The name.
        name: String,
    },
    /// The actor's role does not allow it.
    #[error("this is not allowed")]
    Forbidden,
    /// The object's project demands a second factor, which this session did not give.
    #[error("the project demands a second factor")]
    SecondFactorMissing,
    /// The session may be used for something else only.
    #[error("something is due first: {0}")]
    Due(Stage),
    /// What changes how an account signs in wants a proof of late.
    #[error("the last proof of who this is was too long ago")]
    ProofDue,
    /// Too many tries to sign in from one address.
    #[error("too many tries from this address")]
    TooManyTries {
        /// When to try again.
        retry_after_s: u32,
    },
    /// A code was refused; why stands in the record.
    #[error("this code is not accepted")]
    FactorRefused,
    /// There is a confirmed one already.
    #[error("the account has an authenticator already")]
    FactorExists,
    /// A passkey was refused; why stands in the record.
    #[error("this passkey is not accepted")]
    PasskeyRefused,
    /// It is known already.
    #[error("this passkey is in use already")]
    PasskeyExists,
    /// The server is called by an address.
    #[error("passkeys need a host name; http.names begins with an address")]
    PasskeysUnavailable,
    /// A link was not redeemed; why stands in the record.
    #[error("this link and passphrase do not open a review")]
    Refused,
    /// There is no identity provider.
    #[error("the house has no identity provider")]
    NoProvider,
    /// The identity provider cannot be reached.
    #[error("the identity provider cannot be reached")]
    ProviderUnreachable,
    /// A sign-in by the identity provider was refused; why stands in the record.
    #[error("the identity provider names nobody of this house")]
    OidcRefused,
    /// A code could not be sent.
    #[error("the code could not be sent")]
    CodeNotSent,
    /// The house sends no digests.
    #[error(
        "the house sends no comments by e-mail; notify.digest_mail of the configuration names a mail server that does"
    )]
    NoDigests,
    /// A mailbox has no second factor.
    #[error("the project demands a second factor, and a mailbox has none")]
    DigestTooSecret,
    /// A sign-in was refused; why stands in the record.
    #[error("this user and password do not open the console")]
    SignInRefused,
    /// No session of an account.
    #[error("not signed in")]
    NotSignedIn,
    /// The viewer has yet to be let in.
    #[error("waiting to be let in")]
    Waiting,
    /// The viewer's network is not allowed.
    #[error("the network is not allowed")]
    NetworkRefused,
    /// No viewer.
    #[error("not joined")]
    NotJoined,
    /// The viewer has ended.
    #[error("ended: {0}")]
    Ended(EndReason),
    /// A lease was refused; why stands in the record.
    #[error("the lease was refused")]
    LeaseRefused,
    /// A key opens no source; why stands in the record.
    #[error("the key was refused")]
    KeyRefused,
    /// Somebody publishes to the source already.
    #[error("somebody publishes to this source already")]
    AlreadyPublishing,
    /// The source is not of the kind that senders publish to.
    #[error("nobody can publish to this source: it is not of the kind whip")]
    NotPublished,
    /// An offer that asks for something else than what is done here.
    #[error("{0}")]
    UnusableOffer(String),
    /// No frame was sent under this RTP timestamp.
    #[error("no frame of this viewing is known under RTP timestamp {rtp_timestamp}")]
    FrameUnknown {
        /// What was given.
        rtp_timestamp: u32,
    },
    /// A comment's id is used by somebody else's.
    #[error("comment {id} belongs to somebody else")]
    CommentTaken {
        /// The id.
        id: Uuid,
    },
    /// Only its author may change what a comment says.
    #[error("comment {id} is somebody else's")]
    NotAuthor {
        /// The id.
        id: Uuid,
    },
    /// A comment was taken back, or the one it would answer was.
    #[error("comment {id} was taken back")]
    CommentGone {
        /// The id.
        id: Uuid,
    },
    /// The house has muted them.
    #[error("muted")]
    Muted,
    /// Somebody speaks too fast.
    #[error("too many lines at once")]
    TooFast {
        /// When to try again.
        retry_after_s: u32,
    },
    /// The source does not do what it is asked.
    #[error(transparent)]
    Transport(TransportError),
    /// What is on air cannot be taken away.
    #[error("the source is on air")]
    SourceOnAir,
    /// The review is over.
    #[error("the review has ended")]
    ReviewOver,
    /// No place is free.
    #[error("the room is full")]
    Full {
        /// When to try again.
        retry_after_s: u32,
    },
    /// The offer has nothing this server can send.
    #[error("{0}")]
    NotAcceptable(String),
    /// The offer is not one.
    #[error("{0}")]
    BadOffer(String),
    /// The review's picture is not open.
    #[error("the review's picture is not open yet")]
    NoProgram,
    /// Too much to do.
    #[error("too busy")]
    Busy,
    /// Hashing.
    #[error("{0}")]
    Hash(HashError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// Signing a lease.
    #[error("signing a lease: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// Making a one-time password's secret.
    #[error("making a TOTP secret: {0}")]
    Totp(#[from] totp_rs::TotpError),
    /// Signing a checkpoint.
    #[error(transparent)]
    Note(#[from] crate::token::note::NoteError),
    /// A key of leases.
    #[error(transparent)]
    Key(#[from] crate::token::key_file::KeyFileError),
    /// A secret that does not open.
    #[error(transparent)]
    Unopened(#[from] crate::token::seal::Unopened),
    /// A secret is needed by somebody who has no key of secrets.
    #[error("accounts' secrets are opened by the running server only")]
    NoSeal,
    /// Copying a checkpoint.
    #[error(transparent)]
    File(#[from] crate::config::data::FileError),
    /// Sending a checkpoint.
    #[error("sending a checkpoint: {0}")]
    Send(#[from] crate::notify::SendError),
    /// The visible mark is not lifted.
    #[error(transparent)]
    CleanHold(HoldRefusal),
    /// A mark could not be drawn.
    #[error("drawing a mark: {0}")]
    Preview(String),
    /// More was sent than is taken.
    #[error("the file is larger than {limit} bytes")]
    FileTooLarge {
        /// What is taken.
        limit: u64,
    },
    /// What was sent did not arrive whole, or too slowly.
    #[error("the file did not arrive: {0}")]
    FileNotReceived(String),
    /// Comparing a leak.
    #[error(transparent)]
    Leak(#[from] crate::media::leak::LeakError),
    /// Writing an export.
    #[error("writing an export: {0}")]
    Export(#[from] crate::export::ExportError),
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            other => Self::Hash(other),
        }
    }
}

impl Error {
    /// There is no such thing.
    pub fn not_found(noun: Noun, id: impl ToString) -> Self {
        Self::NotFound { noun, id: id.to_string() }
    }
}
