//! The record: entries that chain by hash. [`super::verification`] finds what was changed, [`super::checkpoint`] proves it
//! to somebody who does not trust this machine.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::account::AccountActor;
use super::instant::UtcInstant;
use super::word::word_enum;

word_enum! {
    /// Everything that is recorded; nothing else happens.
    Action {
        /// The server started.
        ServerStarted = "server.started",
        /// The server stopped in order.
        ServerStopped = "server.stopped",
        /// Another certificate is shown to browsers.
        CertificateChanged = "server.certificate",
        /// A CA gave the server a certificate.
        CertificateIssued = "certificate.issued",
        /// A CA was asked for a certificate, and there is none.
        CertificateFailed = "certificate.failed",
        /// An account was made.
        AccountCreated = "account.created",
        /// An account was removed.
        AccountRemoved = "account.removed",
        /// An account got a new password.
        AccountPassword = "account.password",
        /// An account got another role.
        AccountRole = "account.role",
        /// An account took its last wrong try; nothing of it is evaluated until it is unlocked or time has passed.
        AccountLocked = "account.locked",
        /// An account was unlocked.
        AccountUnlocked = "account.unlocked",
        /// A date was set (or taken back) on which an account ends.
        AccountOffboarding = "account.offboarding",
        /// An account ended.
        AccountOffboarded = "account.offboarded",
        /// A second factor was added.
        FactorAdded = "factor.added",
        /// A second factor, or a recovery code, was refused.
        FactorRefused = "factor.refused",
        /// A second factor was given.
        FactorGiven = "factor.given",
        /// A second factor was removed by its owner.
        FactorRemoved = "factor.removed",
        /// All second factors of an account were taken away.
        FactorsReset = "factor.reset",
        /// New recovery codes were made; older ones are of no more use.
        RecoveryCodesMade = "factor.recovery_codes",
        /// An account signed in.
        SignedIn = "account.signed_in",
        /// A sign-in was refused.
        SignInRefused = "account.sign_in_refused",
        /// An account signed out.
        SignedOut = "account.signed_out",
        /// A session was ended by a person.
        SessionEnded = "account.session_ended",
        /// Something was denied to whoever is known.
        AccessDenied = "access.denied",
        /// A project was made.
        ProjectCreated = "project.created",
        /// A project's networks were named.
        ProjectNetworks = "project.networks",
        /// A project was classified anew.
        ProjectClassified = "project.classified",
        /// What a project's visible marks show was changed.
        ProjectMark = "project.mark",
        /// It was said whether a project's visible marks may be lifted.
        ProjectCleanHold = "project.clean_hold",
        /// An account became a member of a project.
        MemberAdded = "project.member_added",
        /// An account is no longer a member of a project.
        MemberRemoved = "project.member_removed",
        /// A review was made.
        ReviewCreated = "review.created",
        /// A review's input colour was declared.
        ReviewInputColor = "review.input_color",
        /// Another of a review's sources was put on air.
        ReviewSource = "review.source",
        /// A source was added to a review.
        ReviewSourceAdded = "review.source_added",
        /// A source was removed from a review.
        ReviewSourceRemoved = "review.source_removed",
        /// A source got a new key for whoever publishes to it; the one before it is of no more use.
        PublishKeyMade = "publish.key_made",
        /// A source's key is of no more use, because whoever made it has left.
        PublishKeyEnded = "publish.key_ended",
        /// A sender began to publish to a source.
        PublishStarted = "publish.started",
        /// A sender's media arrives, encrypted as the entry says.
        PublishConnected = "publish.connected",
        /// A sender was refused.
        PublishRefused = "publish.refused",
        /// A sender stopped publishing, or was stopped.
        PublishEnded = "publish.ended",
        /// A review's source delivers, for the first time or again.
        SourceLive = "source.live",
        /// A review's source stopped delivering, or never began.
        SourceLost = "source.lost",
        /// A review's look was changed.
        ReviewLook = "review.look",
        /// A review's source was paused, wound or let go.
        ReviewTransport = "review.transport",
        /// The visible mark of a review was lifted for moments; the invisible one stays.
        MarkLifted = "mark.lifted",
        /// The visible mark of a review came back.
        MarkRestored = "mark.restored",
        /// What is said over the picture, or who may point in it, was changed.
        ReviewFloor = "review.floor",
        /// A LUT came into the library.
        LutAdded = "lut.added",
        /// A LUT left the library.
        LutRemoved = "lut.removed",
        /// A review was ended.
        ReviewEnded = "review.ended",
        /// A link was made.
        LinkCreated = "link.created",
        /// A link was looked at and refused.
        LinkInspectRefused = "link.inspect_refused",
        /// A try at a link's passphrase was counted.
        LinkTried = "link.tried",
        /// A link was not redeemed.
        LinkRefused = "link.refused",
        /// A code was sent to an invited person.
        LinkCodeSent = "link.code_sent",
        /// A try at a code was counted.
        LinkCodeTried = "link.code_tried",
        /// A link took its last wrong try and opens no more.
        LinkLocked = "link.locked",
        /// A link's passphrase was given from one place while somebody watched from another.
        LinkTwoPlaces = "link.two_places",
        /// A person's passphrase was given from one place while they watched through another link from another.
        PersonTwoPlaces = "person.two_places",
        /// A viewer's cookie came from another place than they came in from.
        ViewerMoved = "viewer.moved",
        /// An address gave wrong passphrases for many links.
        AddressManyFailures = "address.many_failures",
        /// Wrong passphrases were given for many links of a review.
        ReviewManyFailures = "review.many_failures",
        /// A link's time was over.
        LinkExpired = "link.expired",
        /// A link was taken back.
        LinkRevoked = "link.revoked",
        /// All links of a project were taken back, or all through which somebody was in from some networks.
        LinksRevoked = "links.revoked",
        /// A viewer joined.
        ViewerJoined = "viewer.joined",
        /// A viewer has shown their passphrase and waits to be let in.
        ViewerWaits = "viewer.waits",
        /// A viewer who waited was let in.
        ViewerAdmitted = "viewer.admitted",
        /// It was said in what colour a viewer is sent the picture.
        ViewerTarget = "viewer.target",
        /// A viewer was muted: no chat, no pointing.
        ViewerMuted = "viewer.muted",
        /// A muted viewer may speak again.
        ViewerUnmuted = "viewer.unmuted",
        /// A viewer ended.
        ViewerEnded = "viewer.ended",
        /// A viewer was given the right to media.
        LeaseGiven = "lease.given",
        /// A lease was refused.
        LeaseRefused = "lease.refused",
        /// Leases are signed with a new key.
        LeaseKeyRotated = "lease.key_rotated",
        /// The marks' master key was given up; the next start makes another.
        MarkKeyAbandoned = "mark.key_abandoned",
        /// Accounts' secrets that an earlier version kept in clear were sealed.
        SecretsSealed = "factor.sealed",
        /// A viewing started.
        ViewingStarted = "viewing.started",
        /// Its connection goes on by another way through the network, at the viewer's wish.
        ViewingRestarted = "viewing.restarted",
        /// A viewing's picture reached the browser.
        ViewingConnected = "viewing.connected",
        /// A viewing was refused.
        ViewingRefused = "viewing.refused",
        /// A viewing ended.
        ViewingEnded = "viewing.ended",
        /// A viewer's browser found that the picture is, or is no longer, the true one.
        ViewingProof = "viewing.proof",
        /// A comment was made.
        CommentMade = "comment.made",
        /// A comment's words or drawing were changed.
        CommentEdited = "comment.edited",
        /// A comment was taken back by its author.
        CommentDeleted = "comment.deleted",
        /// A comment was settled.
        CommentResolved = "comment.resolved",
        /// A settled comment was opened again.
        CommentReopened = "comment.reopened",
        /// Replies came into a review's log from a file.
        CommentsImported = "comments.imported",
        /// A still of what its author saw came with a comment.
        CommentStill = "comment.still",
        /// Something was said in the chat.
        ChatSaid = "chat.said",
        /// A comment got another category or priority.
        CommentSorted = "comment.sorted",
        /// A viewer checked their display.
        DisplayChecked = "display.checked",
        /// What a probe measured on a viewer's display was sent.
        DisplayProbed = "display.probed",
        /// Comments were exported.
        CommentsExported = "comments.exported",
        /// What viewings were proven to show was exported.
        ProofExported = "proof.exported",
        /// A review was archived.
        ReviewArchived = "review.archived",
        /// Entries of the record were exported.
        AuditExported = "audit.exported",
        /// What is personal was taken out of entries that are older than the house keeps them.
        AuditRedacted = "audit.redacted",
        /// Addresses and browsers that are older than the house keeps them were taken out of other tables.
        AddressesRedacted = "addresses.redacted",
        /// A notification was taken by a target.
        NotificationDelivered = "notification.delivered",
        /// A notification could not be delivered and is not tried any more.
        NotificationGivenUp = "notification.given_up",
        /// Somebody asked for a test of notifications.
        NotificationTested = "notification.tested",
        /// Somebody asked for the comments of a project by e-mail.
        DigestAsked = "digest.asked",
        /// The comments of a project go to somebody by e-mail no more.
        DigestStopped = "digest.stopped",
        /// Comments went to somebody who asked for them by e-mail.
        DigestSent = "digest.sent",
        /// A leak was compared with what viewings were shown.
        LeakTraced = "leak.traced",
        /// A request was refused before it reached its handler.
        RequestRefused = "request.refused",
    }
}

word_enum! {
    /// How an action went.
    Outcome {
        /// It happened.
        Done = "done",
        /// It was refused.
        Refused = "refused",
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in account.
    Account(AccountActor),
    /// A viewer: a guest of the house by one link, in one review.
    Viewer {
        /// Which.
        id: Uuid,
        /// The review they were invited to.
        review: Uuid,
    },
    /// Whoever has the key of a source: a machine that publishes to it, and may do nothing else.
    Publisher {
        /// Which source.
        source: Uuid,
        /// Its review.
        review: Uuid,
    },
    /// Somebody at the server's command line.
    CommandLine,
    /// The server itself.
    Server,
    /// Somebody not known (yet).
    Stranger,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(account) => write!(f, "account:{}", account.user),
            Self::Viewer { id, .. } => write!(f, "viewer:{id}"),
            Self::Publisher { source, .. } => write!(f, "publisher:{source}"),
            Self::CommandLine => f.write_str("command-line"),
            Self::Server => f.write_str("server"),
            Self::Stranger => f.write_str("stranger"),
        }
    }
}

/// An actor and the address they act from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// From where; `None` on this machine.
    pub network: Option<IpAddr>,
}

impl By {
    /// The server itself.
    pub const SERVER: Self = Self { actor: Actor::Server, network: None };
    /// The command line.
    pub const COMMAND_LINE: Self = Self { actor: Actor::CommandLine, network: None };

    /// Somebody not known, at an address.
    pub fn stranger(network: IpAddr) -> Self {
        Self { actor: Actor::Stranger, network: Some(network) }
    }

    /// A viewer of a review, at an address.
    pub fn viewer(id: Uuid, review: Uuid, network: IpAddr) -> Self {
        Self { actor: Actor::Viewer { id, review }, network: Some(network) }
    }

    /// Whoever has the key of a source, at an address.
    pub fn publisher(source: Uuid, review: Uuid, network: IpAddr) -> Self {
        Self { actor: Actor::Publisher { source, review }, network: Some(network) }
    }

    /// The account that acts, if one does.
    pub fn account(&self) -> Option<Uuid> {
        match &self.actor {
            Actor::Account(account) => Some(account.id),
            _ => None,
        }
    }
}

/// What is to be recorded; the store adds sequence and previous hash.
#[derive(Clone, Debug)]
pub struct Event {
    /// When.
    pub at: UtcInstant,
    /// Who and from where.
    pub by: By,
    /// What.
    pub action: Action,
    /// How it went.
    pub result: Outcome,
    /// The review it is about.
    pub review: Option<Uuid>,
    /// The viewing it is about.
    pub viewing: Option<Uuid>,
    /// The thing acted on, e.g. `link:0199...`.
    pub object: String,
    /// More facts, by name. Never a secret.
    pub detail: BTreeMap<String, String>,
}

impl Event {
    /// Something that happened.
    pub fn done(at: UtcInstant, by: &By, action: Action, object: impl Into<String>) -> Self {
        let (by, object) = (by.clone(), object.into());
        Self { at, by, action, result: Outcome::Done, review: None, viewing: None, object, detail: BTreeMap::new() }
    }

    /// Something that was refused.
    pub fn refused(at: UtcInstant, by: &By, action: Action, object: impl Into<String>) -> Self {
        Self { result: Outcome::Refused, ..Self::done(at, by, action, object) }
    }

    /// The same about a review.
    #[must_use]
    pub fn review(self, review: Uuid) -> Self {
        Self { review: Some(review), ..self }
    }

    /// The same about a viewing.
    #[must_use]
    pub fn viewing(self, viewing: Uuid) -> Self {
        Self { viewing: Some(viewing), ..self }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.detail.insert(name.to_owned(), value.to_string());
        self
    }
}

/// SHA-256 of an entry, RFC 6962 leaf form.
pub type EntryHash = [u8; 32];

/// What stands in the place of what was taken out of an entry.
pub const REDACTED: &str = "redacted";

/// The hash before the first entry.
pub const GENESIS: EntryHash = [0; 32];

/// An entry of the record. Its fields are in alphabetical order, so that the JSON of it is canonical (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What, as its word.
    pub action: String,
    /// Who.
    pub actor: String,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// More facts.
    pub detail: BTreeMap<String, String>,
    /// From which address.
    pub network: Option<String>,
    /// The thing acted on.
    pub object: String,
    /// Hash of the entry before, in hexadecimal.
    pub previous: String,
    /// How it went.
    pub result: String,
    /// The review it is about.
    pub review: Option<String>,
    /// 1, 2, 3 ... without gaps.
    pub sequence: i64,
    /// The viewing it is about.
    pub viewing: Option<String>,
}

impl Entry {
    /// The entry of an event that follows the entry with hash `previous`.
    pub fn new(event: &Event, sequence: i64, previous: &EntryHash) -> Self {
        Self {
            action: event.action.as_str().to_owned(),
            actor: event.by.actor.to_string(),
            at_ms: event.at.as_ms(),
            detail: event.detail.clone(),
            network: event.by.network.map(|address| address.to_canonical().to_string()),
            object: event.object.clone(),
            previous: hex(previous),
            result: event.result.as_str().to_owned(),
            review: event.review.map(|id| id.to_string()),
            sequence,
            viewing: event.viewing.map(|id| id.to_string()),
        }
    }

    /// Whether nothing personal is left in it.
    pub fn is_bare(&self) -> bool {
        self.actor == REDACTED
            && self.object == REDACTED
            && self.detail.is_empty()
            && self.network.is_none()
            && self.viewing.is_none()
    }

    /// Up to which sequence the record was redacted, if this is the entry that says so; else 0.
    pub fn redacts_through(&self) -> u64 {
        let says = self.action == Action::AuditRedacted.as_str() && self.result == Outcome::Done.as_str();
        self.detail.get("through").filter(|_| says).and_then(|through| through.parse().ok()).unwrap_or(0)
    }

    /// Canonical JSON.
    ///
    /// # Errors
    /// Never for entries made here; serde's signature wants it.
    pub fn canonical(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// SHA-256(0x00 || canonical JSON).
    ///
    /// # Errors
    /// As [`Entry::canonical`].
    pub fn hash(&self) -> Result<EntryHash, serde_json::Error> {
        let mut hasher = Sha256::new();
        hasher.update([0_u8]);
        hasher.update(self.canonical()?);
        Ok(hasher.finalize().into())
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

word_enum! {
    /// How entries leave the house.
    AuditFormat {
        /// For spreadsheets.
        Csv = "csv",
        /// For programs: the very entries that were hashed, with their hashes.
        Json = "json",
    }
}

/// Which entries are asked for; what is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// About this review.
    pub review: Option<Uuid>,
    /// By this actor, e.g. `account:ana`.
    pub actor: Option<String>,
    /// By a viewer invited under this address, on whichever link.
    pub email: Option<String>,
    /// Of this action.
    pub action: Option<Action>,
    /// Not before.
    pub since: Option<UtcInstant>,
    /// Before.
    pub until: Option<UtcInstant>,
    /// With a lower sequence, to go on where a list ended.
    pub before: Option<i64>,
}
