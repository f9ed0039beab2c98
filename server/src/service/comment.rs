//! Comments: made at the frame that was on the author's screen, answered, changed, settled and taken back.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::viewing::Screening;
use super::{Change, Error, Noun, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, Actor, By, Event, hex};
use crate::domain::comment::{self, Category, Comment, Priority};
use crate::domain::drawing::Drawing;
use crate::domain::instant::UtcInstant;
use crate::domain::proof::State;
use crate::store::comment as table;
use crate::store::comment::Person;
use crate::store::viewer::ViewerRecord;
use crate::store::{Write, viewing as viewings};

/// Where a comment belongs.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// What was on the author's screen.
    Seen {
        /// The viewing it was seen in.
        viewing_id: Uuid,
        /// RTP timestamp of the first frame.
        rtp_timestamp: u32,
        /// RTP timestamp of the last frame, when it is about more than one.
        end_rtp_timestamp: Option<u32>,
    },
    /// Below another comment, on its frames.
    Answer {
        /// Which.
        parent_id: Uuid,
    },
}

/// A comment to make.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// Made by the client: sending twice keeps one.
    pub id: Uuid,
    /// Where it belongs.
    pub place: Place,
    /// What is said.
    pub text: String,
    /// What it is about; answers are about what they answer.
    pub category: Option<Category>,
    /// How much it matters.
    pub priority: Priority,
    /// Links of the people it names.
    pub mentions: Vec<Uuid>,
    /// What is drawn over the first frame.
    pub drawing: Option<Drawing>,
}

/// What changes in a comment; `None` leaves things as they are.
#[derive(Clone, Debug, Default)]
pub struct CommentChange {
    /// What is said; its author only.
    pub text: Option<String>,
    /// What is drawn; its author only.
    pub drawing: Option<Option<Drawing>>,
    /// Who is named; its author only.
    pub mentions: Option<Vec<Uuid>>,
    /// What it is about.
    pub category: Option<Option<Category>>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// Whether it is settled.
    pub resolved: Option<bool>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug)]
pub enum Speaker<'a> {
    /// A guest.
    Guest(&'a ViewerRecord),
    /// Somebody of the house.
    House,
}

fn object(id: Uuid) -> String {
    format!("comment:{id}")
}

/// The words' hash, so that the record can prove them without holding them.
fn text_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub(super) fn event(now: UtcInstant, by: &By, action: Action, comment: &Comment) -> Event {
    let event = Event::done(now, by, action, object(comment.id)).review(comment.review_id);
    event.with("revision", comment.revision)
}

/// Refuses what only a comment's author may do.
pub(super) async fn not_of<T>(write: Write, comment: &Comment, by: &By, action: Action) -> Result<T, Error> {
    let event = Event::refused(UtcInstant::now(), by, action, object(comment.id)).review(comment.review_id);
    write.commit(&event.with("reason", "not_author")).await?;
    Err(Error::NotAuthor { id: comment.id })
}

impl Services {
    /// All comments of a review, also those taken back, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn comments(&self, review: Uuid) -> Result<Vec<Comment>, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review).await?)
    }

    /// The comments of a review that changed after a revision, in the order of their revisions.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn comments_after(&self, review: Uuid, revision: u64) -> Result<Vec<Comment>, Error> {
        Ok(table::after(&mut *self.store.read().await?, review, revision).await?)
    }

    /// Everybody who was let into a review's room.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn people(&self, review: Uuid) -> Result<Vec<Person>, Error> {
        Ok(table::people(&mut *self.store.read().await?, review).await?)
    }

    /// Answers a comment for the house. Sending twice keeps one.
    ///
    /// # Errors
    /// When there is no such comment, it was taken back, the text breaks a rule, or the id is somebody else's.
    pub async fn answer_comment(&self, new: NewComment, parent: Uuid, by: &By) -> Result<Comment, Error> {
        let found = self.known_comment(parent).await?;
        let review = self.permitted_review(found.review_id, Permission::CommentAnswer, by).await?;
        let Actor::Account(account) = &by.actor else { return Err(Error::Forbidden) };
        let text = comment::text(&new.text)?;
        let mut write = self.store.write().await?;
        if let Some(found) = table::by_id(write.connection(), new.id).await? {
            let own = found.account_id == Some(account.id) && found.parent_id.is_some();
            return if own { Ok(found) } else { Err(Error::CommentTaken { id: new.id }) };
        }
        let parent = root_of(&mut write, parent).await?;
        let mentions = named(&mut write, review.id, &new.mentions).await?;
        let comment = Comment {
            account_id: Some(account.id),
            author: account.user.clone(),
            ..answer(&parent, new.id, text, mentions, None)
        };
        self.say(write, comment, by).await
    }

    /// Changes a comment. Its author may change what it says; a guest settles and sorts their own, the house anybody's.
    /// Nothing is written down when nothing changes.
    ///
    /// # Errors
    /// When there is no such comment, it was taken back, it is not the speaker's to change, or a value breaks a rule.
    pub async fn change_comment(
        &self,
        id: Uuid,
        change: CommentChange,
        speaker: Speaker<'_>,
        by: &By,
    ) -> Result<Comment, Error> {
        let mut write = self.writable(id, speaker, by).await?;
        let was = self.still_there(&mut write, id).await?;
        let words = change.text.is_some() || change.drawing.is_some() || change.mentions.is_some();
        let own = is_author(&was, speaker, by);
        if !own && (words || matches!(speaker, Speaker::Guest(_))) {
            return not_of(write, &was, by, Action::CommentEdited).await;
        }
        let now = UtcInstant::now();
        let mut comment = changed(&mut write, &was, change, self.proof_of(speaker), now).await?;
        if comment.resolved_at.is_some() && was.resolved_at.is_none() {
            comment.resolved_by = Some(name_of(speaker, by));
        }
        if comment == was {
            return Ok(was);
        }
        comment.revision = table::next_revision(write.connection(), was.review_id).await?;
        if comment.edited_at != was.edited_at {
            table::keep_wording(write.connection(), &was, now).await?;
        }
        table::put(write.connection(), &comment).await?;
        let mut events = events_of(&was, &comment, now, by);
        let Some(last) = events.pop() else { return Ok(was) };
        for event in &events {
            write.record(event);
        }
        write.commit(&last).await?;
        self.tell(Change::Comment(Box::new(comment.clone())));
        Ok(comment)
    }

    /// Takes a comment back; its author only. Words and drawing stay in the database and the archive. Twice changes nothing.
    ///
    /// # Errors
    /// When there is no such comment, or it is somebody else's.
    pub async fn delete_comment(&self, id: Uuid, speaker: Speaker<'_>, by: &By) -> Result<(), Error> {
        let mut write = self.writable(id, speaker, by).await?;
        let found = table::by_id(write.connection(), id).await?;
        let mut comment = found.ok_or_else(|| Error::not_found(Noun::Comment, id))?;
        if !is_author(&comment, speaker, by) {
            return not_of(write, &comment, by, Action::CommentDeleted).await;
        }
        if comment.deleted_at.is_some() {
            return Ok(());
        }
        let now = UtcInstant::now();
        comment.revision = table::next_revision(write.connection(), comment.review_id).await?;
        comment.deleted_at = Some(now);
        table::put(write.connection(), &comment).await?;
        write.commit(&event(now, by, Action::CommentDeleted, &comment)).await?;
        self.tell(Change::Comment(Box::new(comment)));
        Ok(())
    }

    /// What is known of a speaker's picture now; `None` without one.
    fn proof_of(&self, speaker: Speaker<'_>) -> Option<State> {
        match speaker {
            Speaker::Guest(viewer) => viewer.viewing.map(|viewing| self.proof_standing(viewing).state),
            Speaker::House => None,
        }
    }

    async fn known_comment(&self, id: Uuid) -> Result<Comment, Error> {
        let found = table::by_id(&mut *self.store.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found(Noun::Comment, id))
    }

    /// The right to write, for a speaker who may speak in the comment's review.
    async fn writable(&self, id: Uuid, speaker: Speaker<'_>, by: &By) -> Result<Write, Error> {
        let found = self.known_comment(id).await?;
        match speaker {
            Speaker::Guest(viewer) if viewer.review_id != found.review_id => {
                return Err(Error::not_found(Noun::Comment, id));
            }
            Speaker::Guest(viewer) => self.permit(by, Permission::CommentMake, &viewer.object()).await?,
            Speaker::House => {
                self.permitted_review(found.review_id, Permission::CommentAnswer, by).await?;
            }
        }
        Ok(self.store.write().await?)
    }

    /// The comment as it is under the right to write.
    async fn still_there(&self, write: &mut Write, id: Uuid) -> Result<Comment, Error> {
        let found = table::by_id(write.connection(), id).await?;
        let found = found.ok_or_else(|| Error::not_found(Noun::Comment, id))?;
        if found.deleted_at.is_some() { Err(Error::CommentGone { id }) } else { Ok(found) }
    }

    /// Writes a new comment down and tells of it.
    async fn say(&self, mut write: Write, mut comment: Comment, by: &By) -> Result<Comment, Error> {
        comment.revision = table::next_revision(write.connection(), comment.review_id).await?;
        table::put(write.connection(), &comment).await?;
        let made = event(comment.created_at, by, Action::CommentMade, &comment)
            .with("source", comment.source_id)
            .with("source_frame", comment.source_frame)
            .with("timecode", &comment.timecode)
            .with("text_sha256", text_hash(&comment.text));
        let made = comment.proof.map_or(made.clone(), |proof| made.clone().with("proof", proof));
        let made = comment.viewing_id.map_or(made.clone(), |viewing| made.clone().viewing(viewing));
        let made = comment.parent_id.map_or(made.clone(), |parent| made.clone().with("answers", object(parent)));
        write.commit(&made).await?;
        self.tell(Change::Comment(Box::new(comment.clone())));
        Ok(comment)
    }
}

impl Screening {
    /// Makes a comment, or answers one, for a guest. The server says which frames it is about.
    ///
    /// # Errors
    /// When a value breaks a rule, a frame is unknown, the comment it answers is not there, or the id is somebody else's.
    pub async fn comment(&self, viewer: &ViewerRecord, new: NewComment, by: &By) -> Result<Comment, Error> {
        self.services.permit(by, Permission::CommentMake, &viewer.object()).await?;
        let text = comment::text(&new.text)?;
        let drawing = new.drawing.clone().map(Drawing::checked).transpose()?;
        let mut write = self.services.store.write().await?;
        if let Some(found) = table::by_id(write.connection(), new.id).await? {
            let own = found.is_of_link(viewer.link_id);
            return if own { Ok(found) } else { Err(Error::CommentTaken { id: new.id }) };
        }
        let mentions = named(&mut write, viewer.review_id, &new.mentions).await?;
        let comment = match new.place {
            Place::Seen { viewing_id, rtp_timestamp, end_rtp_timestamp } => {
                let viewing = viewings::by_id(write.connection(), viewing_id).await?;
                if viewing.is_none_or(|viewing| viewing.viewer_id != viewer.id) {
                    return Err(Error::FrameUnknown { rtp_timestamp });
                }
                let seen = self.seen(viewing_id, rtp_timestamp, end_rtp_timestamp)?;
                let said = Comment { id: new.id, text, mentions, drawing, ..seen };
                Comment { category: new.category, priority: new.priority, ..said }
            }
            Place::Answer { parent_id } => {
                let parent = root_of(&mut write, parent_id).await?;
                if parent.review_id != viewer.review_id {
                    return Err(Error::not_found(Noun::Comment, parent_id));
                }
                let proof = self.services.proof_of(Speaker::Guest(viewer));
                Comment { proof, ..answer(&parent, new.id, text, mentions, drawing) }
            }
        };
        let comment = Comment {
            drawing_proof: comment.drawing.as_ref().and(comment.proof),
            review_id: viewer.review_id,
            viewer_id: Some(viewer.id),
            link_id: Some(viewer.link_id),
            author: viewer.name.clone(),
            email: viewer.email.clone(),
            ..comment
        };
        self.services.say(write, comment, by).await
    }

    /// A comment without words on the frames that a viewing was sent.
    fn seen(&self, viewing_id: Uuid, first: u32, last: Option<u32>) -> Result<Comment, Error> {
        let at = |rtp_timestamp| {
            self.projector.frame_at(viewing_id, rtp_timestamp).ok_or(Error::FrameUnknown { rtp_timestamp })
        };
        let mut begin = at(first)?;
        let mut end = last.map(at).transpose()?.unwrap_or_else(|| begin.clone());
        // Another source, or a feed that changed its rate meanwhile, has no range in common.
        let one_timeline = (end.source, end.rate) == (begin.source, begin.rate);
        if one_timeline && end.source_frame < begin.source_frame {
            std::mem::swap(&mut begin, &mut end);
        }
        let standing = self.services.proof_standing(viewing_id);
        let frames = if one_timeline { end.source_frame - begin.source_frame } else { 0 };
        Ok(Comment {
            viewing_id: Some(viewing_id),
            source_id: begin.source,
            source_frame: begin.source_frame,
            duration_frames: frames.saturating_add(1),
            rate: begin.rate,
            timecode: begin.timecode,
            proof: Some(standing.state),
            frame_witness: standing.witness,
            ..blank()
        })
    }
}

fn blank() -> Comment {
    Comment {
        id: Uuid::nil(),
        review_id: Uuid::nil(),
        source_id: Uuid::nil(),
        source_name: None,
        source_reel: None,
        revision: 0,
        parent_id: None,
        viewer_id: None,
        link_id: None,
        viewing_id: None,
        account_id: None,
        author: String::new(),
        email: String::new(),
        text: String::new(),
        source_frame: 0,
        duration_frames: 1,
        rate: pipelines::spec::time::FrameRate::FPS_25,
        timecode: String::new(),
        category: None,
        priority: Priority::Normal,
        mentions: Vec::new(),
        drawing: None,
        has_still: false,
        created_at: UtcInstant::now(),
        edited_at: None,
        resolved_at: None,
        resolved_by: None,
        deleted_at: None,
        proof: None,
        drawing_proof: None,
        frame_witness: None,
    }
}

/// An answer on the frames of what it answers.
fn answer(parent: &Comment, id: Uuid, text: String, mentions: Vec<Uuid>, drawing: Option<Drawing>) -> Comment {
    Comment {
        id,
        review_id: parent.review_id,
        source_id: parent.source_id,
        parent_id: Some(parent.id),
        text,
        source_frame: parent.source_frame,
        duration_frames: parent.duration_frames,
        rate: parent.rate,
        timecode: parent.timecode.clone(),
        mentions,
        drawing,
        ..blank()
    }
}

/// The comment a thread starts with; an answer to an answer belongs to the same thread.
async fn root_of(write: &mut Write, id: Uuid) -> Result<Comment, Error> {
    let missing = || Error::not_found(Noun::Comment, id);
    let mut found = table::by_id(write.connection(), id).await?.ok_or_else(missing)?;
    if let Some(parent) = found.parent_id {
        found = table::by_id(write.connection(), parent).await?.ok_or_else(missing)?;
    }
    if found.deleted_at.is_some() { Err(Error::CommentGone { id: found.id }) } else { Ok(found) }
}

async fn named(write: &mut Write, review: Uuid, mentions: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    if mentions.is_empty() {
        return Ok(Vec::new());
    }
    let people = table::people(write.connection(), review).await?;
    let links: Vec<Uuid> = people.iter().map(|person| person.link_id).collect();
    Ok(comment::mentions(mentions, &links)?)
}

fn is_author(comment: &Comment, speaker: Speaker<'_>, by: &By) -> bool {
    match speaker {
        Speaker::Guest(viewer) => comment.is_of_link(viewer.link_id),
        Speaker::House => comment.account_id.is_some() && comment.account_id == by.account(),
    }
}

fn name_of(speaker: Speaker<'_>, by: &By) -> String {
    match (speaker, &by.actor) {
        (Speaker::Guest(viewer), _) => viewer.name.clone(),
        (Speaker::House, Actor::Account(account)) => account.user.clone(),
        (Speaker::House, actor) => actor.to_string(),
    }
}

/// The comment with a change applied, its revision not yet counted up.
async fn changed(
    write: &mut Write,
    was: &Comment,
    change: CommentChange,
    proof: Option<State>,
    now: UtcInstant,
) -> Result<Comment, Error> {
    let mut comment = was.clone();
    if let Some(text) = change.text {
        comment.text = comment::text(&text)?;
    }
    if let Some(drawing) = change.drawing {
        comment.drawing = drawing.map(Drawing::checked).transpose()?;
        if comment.drawing != was.drawing {
            comment.drawing_proof = comment.drawing.as_ref().and(proof);
        }
    }
    if let Some(mentions) = change.mentions {
        comment.mentions = named(write, was.review_id, &mentions).await?;
    }
    if comment.text != was.text || comment.drawing != was.drawing || comment.mentions != was.mentions {
        comment.edited_at = Some(now);
    }
    // Threads are settled and sorted as a whole: by the comment they start with.
    if was.parent_id.is_none() {
        comment.category = change.category.unwrap_or(was.category);
        comment.priority = change.priority.unwrap_or(was.priority);
        match change.resolved {
            Some(true) if was.resolved_at.is_none() => comment.resolved_at = Some(now),
            Some(false) => (comment.resolved_at, comment.resolved_by) = (None, None),
            _ => {}
        }
    }
    Ok(comment)
}

/// What is recorded of a change: one event for each kind.
fn events_of(was: &Comment, comment: &Comment, now: UtcInstant, by: &By) -> Vec<Event> {
    let mut events = Vec::new();
    if comment.edited_at != was.edited_at {
        let edited = event(now, by, Action::CommentEdited, comment).with("text_sha256", text_hash(&comment.text));
        events.push(edited.with("replaces_revision", was.revision));
    }
    if (comment.category, comment.priority) != (was.category, was.priority) {
        let category = comment.category.map_or("none", Category::as_str);
        let sorted = event(now, by, Action::CommentSorted, comment).with("category", category);
        events.push(sorted.with("priority", comment.priority));
    }
    match (was.resolved_at, comment.resolved_at) {
        (None, Some(_)) => events.push(event(now, by, Action::CommentResolved, comment)),
        (Some(_), None) => events.push(event(now, by, Action::CommentReopened, comment)),
        _ => {}
    }
    events
}
