//! Who may do what: one table and one function. What the table does not grant is denied.

use uuid::Uuid;

use super::account::Role;
use super::audit::Actor;
use super::project::{Classification, ProjectFacts};
use super::word::word_enum;

word_enum! {
    /// What somebody may be allowed to do.
    Permission {
        /// Try to sign in.
        SignIn = "sign_in",
        /// Look at a link, or try to redeem it.
        LinkOpen = "link.open",
        /// Be in the room: see it, be shown the picture, read comments, leave.
        RoomUse = "room.use",
        /// Comment and chat; change, settle and take back what one commented.
        CommentMake = "comment.make",
        /// Answer and chat for the house; settle and sort what anybody said.
        CommentAnswer = "comment.answer",
        /// Use the console: one's own account, password, factors, sessions; the house's policy.
        ConsoleUse = "console.use",
        /// List projects with their members.
        ProjectSee = "project.see",
        /// Make projects, say who works on them.
        ProjectManage = "project.manage",
        /// Say how secret a project is.
        ProjectClassify = "project.classify",
        /// Say what a project's visible marks show, and whether they may be lifted.
        ProjectMark = "project.mark",
        /// See a review with its links, viewers and comments.
        ReviewSee = "review.see",
        /// Plan a review.
        ReviewCreate = "review.create",
        /// Look at a review's picture in the console, as a viewer with a mark of their own.
        ReviewPreview = "review.preview",
        /// Say what colour a review's source is in, and in what colour a viewer is sent it.
        ReviewColor = "review.color",
        /// Play, pause and wind a review's source; change its look; speak over the picture.
        ReviewDrive = "review.drive",
        /// Lift the visible mark for moments: a clean hold.
        MarkLift = "mark.lift",
        /// Publish to a source, with its key.
        SourcePublish = "source.publish",
        /// End a review.
        ReviewEnd = "review.end",
        /// Invite somebody.
        LinkCreate = "link.create",
        /// Take a link back, send a viewer away.
        LinkRevoke = "link.revoke",
        /// Let somebody in who waits; mute them, take their hand down.
        ViewerAdmit = "viewer.admit",
        /// See, add and remove the house's LUTs.
        LutManage = "lut.manage",
        /// Take comments out of the house.
        CommentsExport = "comments.export",
        /// Take everything about a review out of the house.
        ReviewArchive = "review.archive",
        /// Read the record of a review.
        AuditOfReview = "audit.of_review",
        /// Read the record of the house.
        AuditOfHouse = "audit.of_house",
        /// See what the house is told of, and whether it arrives; try it.
        NotificationUse = "notification.use",
        /// Find out whose copy a leak is.
        LeakTrace = "leak.trace",
        /// See all accounts.
        AccountSee = "account.see",
        /// Make accounts, change roles, unlock, reset factors.
        AccountManage = "account.manage",
        /// End an account, now or on a date.
        AccountOffboard = "account.offboard",
        /// See and end sessions.
        SessionEnd = "session.end",
    }
}

/// What is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// The house as a whole.
    House,
    /// An account.
    Account(Uuid),
    /// All projects at once, which are as secret as the most secret of them.
    Projects(Classification),
    /// A project.
    Project(ProjectFacts),
    /// A review, or anything that belongs to it.
    Review {
        /// Which.
        id: Uuid,
        /// Its project.
        project: ProjectFacts,
    },
}

/// How far a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere.
    Never,
    /// An account: itself and the projects it is a member of. A guest: the review of the link.
    Own,
    /// Everywhere.
    Any,
}

/// Why something is denied: for the record, not for the one who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The table grants it to nobody like this actor.
    #[error("not_granted")]
    NotGranted,
    /// Granted, but not for this object, of which the actor may not even know.
    #[error("not_own")]
    NotOwn,
    /// The object's project, or one of them, demands a second factor, which this session did not give.
    #[error("second_factor_missing")]
    SecondFactorMissing,
}

/// A permission's reach for admin, producer, colourist, security lead, guest, stranger.
#[rustfmt::skip]
const fn row(permission: Permission) -> [Reach; 6] {
    use Permission as P;
    use Reach::{Any, Never as No, Own};
    match permission {
        //                       admin prod. color. secur. guest stranger
        P::SignIn            => [Any,  Any,  Any,   Any,   Any,  Any],
        P::LinkOpen          => [Any,  Any,  Any,   Any,   Any,  Any],
        P::RoomUse           => [No,   No,   No,    No,    Own,  No],
        P::CommentMake       => [No,   No,   No,    No,    Own,  No],
        P::CommentAnswer     => [Any,  Own,  Own,   No,    No,   No],
        P::ConsoleUse        => [Any,  Any,  Any,   Any,   No,   No],
        P::ProjectSee        => [Any,  Own,  Own,   Any,   No,   No],
        P::ProjectManage     => [Any,  No,   No,    No,    No,   No],
        P::ProjectClassify   => [Any,  No,   No,    Any,   No,   No],
        P::ProjectMark       => [Any,  No,   No,    Any,   No,   No],
        P::ReviewSee         => [Any,  Own,  Own,   Any,   No,   No],
        P::ReviewCreate      => [Any,  Own,  Own,   No,    No,   No],
        P::ReviewPreview     => [Any,  Own,  Own,   No,    No,   No],
        P::ReviewColor       => [Any,  No,   Own,   No,    No,   No],
        P::ReviewDrive       => [Any,  No,   Own,   No,    No,   No],
        P::MarkLift          => [Any,  No,   Own,   No,    No,   No],
        P::SourcePublish     => [No,   No,   No,    No,    No,   No],
        P::ReviewEnd         => [Any,  Own,  Own,   Any,   No,   No],
        P::LinkCreate        => [Any,  Own,  No,    No,    No,   No],
        P::LinkRevoke        => [Any,  Own,  Own,   Any,   No,   No],
        P::ViewerAdmit       => [Any,  Own,  Own,   No,    No,   No],
        P::LutManage         => [Any,  No,   Any,   No,    No,   No],
        P::CommentsExport    => [Any,  Own,  Own,   No,    No,   No],
        P::ReviewArchive     => [Any,  Own,  No,    Any,   No,   No],
        P::AuditOfReview     => [Any,  Own,  No,    Any,   No,   No],
        P::AuditOfHouse      => [Any,  No,   No,    Any,   No,   No],
        P::NotificationUse   => [Any,  No,   No,    Any,   No,   No],
        P::LeakTrace         => [Any,  No,   No,    Any,   No,   No],
        P::AccountSee        => [Any,  No,   No,    Any,   No,   No],
        P::AccountManage     => [Any,  No,   No,    No,    No,   No],
        P::AccountOffboard   => [Any,  No,   No,    Any,   No,   No],
        P::SessionEnd        => [Any,  Own,  Own,   Any,   No,   No],
    }
}

/// How far a permission reaches for an actor. The command line and the server itself are whoever holds the data
/// directory, from whom nothing in it can be kept.
pub fn reach(actor: &Actor, permission: Permission) -> Reach {
    let [admin, producer, colourist, security_lead, guest, stranger] = row(permission);
    match actor {
        Actor::CommandLine | Actor::Server => Reach::Any,
        Actor::Publisher { .. } if permission == Permission::SourcePublish => Reach::Own,
        Actor::Publisher { .. } => Reach::Never,
        Actor::Viewer { .. } => guest,
        Actor::Stranger => stranger,
        Actor::Account(account) => match account.role {
            Role::Admin => admin,
            Role::Producer => producer,
            Role::Colourist => colourist,
            Role::SecurityLead => security_lead,
        },
    }
}

/// Whether an actor may do something to an object: the one place where that is decided.
///
/// # Errors
/// With the reason why not.
pub fn authorize(actor: &Actor, permission: Permission, object: &Object) -> Result<(), Denied> {
    match reach(actor, permission) {
        Reach::Any => {}
        Reach::Own if owns(actor, object) => {}
        Reach::Never if may_know(actor, object) => return Err(Denied::NotGranted),
        Reach::Own | Reach::Never => return Err(Denied::NotOwn),
    }
    match (actor, classification(object)) {
        (Actor::Account(account), Some(classification))
            if classification != Classification::Internal && !account.second_factor =>
        {
            Err(Denied::SecondFactorMissing)
        }
        _ => Ok(()),
    }
}

fn classification(object: &Object) -> Option<Classification> {
    match object {
        Object::House | Object::Account(_) => None,
        Object::Projects(classification) => Some(*classification),
        Object::Project(project) | Object::Review { project, .. } => Some(project.classification),
    }
}

/// Whether an actor may know that an object exists.
fn may_know(actor: &Actor, object: &Object) -> bool {
    let sees_all = match object {
        Object::House | Object::Projects(_) => true,
        Object::Account(_) => reach(actor, Permission::AccountSee) == Reach::Any,
        Object::Project(_) | Object::Review { .. } => reach(actor, Permission::ReviewSee) == Reach::Any,
    };
    sees_all || owns(actor, object)
}

fn owns(actor: &Actor, object: &Object) -> bool {
    match (actor, object) {
        (Actor::CommandLine | Actor::Server, _) => true,
        (Actor::Account(account), Object::Account(id)) => account.id == *id,
        (Actor::Account(account), Object::Project(project) | Object::Review { project, .. }) => {
            account.projects.contains(&project.id)
        }
        (Actor::Viewer { review, .. } | Actor::Publisher { review, .. }, Object::Review { id, .. }) => review == id,
        _ => false,
    }
}
