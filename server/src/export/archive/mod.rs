//! The archive of a review: files with sums and the proof of its part of the record, which can be read without this
//! program. [`container`] packs them, [`verify`] looks whether they are whole.

pub mod container;
pub mod paths;
pub mod verify;

use serde_json::json;
use sha2::{Digest, Sha256};

use self::paths::AuditPaths;
use super::csv::cell;
use super::proof::proofs_csv;
use super::{ExportError, Stills, comments_csv, comments_json};
use crate::domain::audit::hex;
use crate::domain::chat::ChatLine;
use crate::domain::comment::{Comment, Wording};
use crate::domain::instant::UtcInstant;
use crate::domain::proof::Worst;
use crate::store::audit::StoredEntry;
use crate::store::link::LinkRecord;
use crate::store::proof::ProofRecord;
use crate::store::review::ReviewRecord;
use crate::store::viewer::ViewerRecord;

/// SHA-256 of every other file, as `sha256sum -c` reads it.
pub const SUMS: &str = "SHA256SUMS";
/// The review's part of the record: an entry and its hash in each line.
pub const RECORD: &str = "audit.jsonl";
/// That those entries are in the record that was signed.
pub const PATHS: &str = "audit-paths.json";

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name; there are no folders.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl File {
    fn new(name: &str, content: Vec<u8>) -> Self {
        Self { name: name.to_owned(), content }
    }
}

/// Everything about one review.
#[derive(Clone, Debug)]
pub struct Archive {
    /// The review.
    pub review: ReviewRecord,
    /// When the archive is made.
    pub made_at: UtcInstant,
    /// Its comments, also those taken back.
    pub comments: Vec<Comment>,
    /// What was said in the chat, oldest first.
    pub chat: Vec<ChatLine>,
    /// What comments said before they were changed.
    pub wordings: Vec<Wording>,
    /// What the authors of comments saw.
    pub stills: Stills,
    /// Whom it was open to.
    pub links: Vec<LinkRecord>,
    /// Who came.
    pub viewers: Vec<ViewerRecord>,
    /// What browsers measured of their picture.
    pub proofs: Vec<ProofRecord>,
    /// Its part of the record.
    pub audit: Vec<StoredEntry>,
    /// That those entries are in the record.
    pub paths: AuditPaths,
}

impl Archive {
    /// Its files, [`SUMS`] last.
    ///
    /// # Errors
    /// When writing fails.
    pub fn files(&self) -> Result<Vec<File>, ExportError> {
        let mut files = vec![
            File::new("review.json", self.review_json()?),
            File::new("comments.csv", comments_csv(&self.review, &self.comments, false)?),
            File::new("comments.json", comments_json(&self.review, &self.comments)?),
            File::new("comments-history.json", self.history_json()?),
            File::new("chat.csv", self.chat_csv()?),
            File::new("chat.json", self.chat_json()?),
            File::new("viewers.csv", self.viewers_csv()?),
            File::new("viewers.json", self.viewers_json()?),
            File::new("proof.csv", proofs_csv(&self.proofs)?),
            File::new(RECORD, self.audit_jsonl()?),
            File::new(PATHS, serde_json::to_vec_pretty(&self.paths)?),
        ];
        files.extend(self.stills());
        let sum = |file: &File| format!("{}  {}\n", hex(&Sha256::digest(&file.content)), file.name);
        let sums: String = files.iter().map(sum).collect();
        files.push(File::new(SUMS, sums.into_bytes()));
        Ok(files)
    }

    /// The stills, named so that they lie in the order of their frames.
    fn stills(&self) -> impl Iterator<Item = File> {
        self.comments.iter().filter_map(|comment| {
            let still = self.stills.get(&comment.id)?;
            let place = comment.timecode.replace([':', ';'], "-");
            Some(File::new(&format!("still-{place}-{}.jpg", comment.id), still.jpeg.clone()))
        })
    }

    fn review_json(&self) -> Result<Vec<u8>, ExportError> {
        let review = &self.review;
        let source = match &review.program.source {
            pipelines::spec::source::SourceSpec::Srt { uri, .. } => json!({ "kind": "srt", "uri": uri }),
            other => serde_json::to_value(other)?,
        };
        let links: Vec<_> = self
            .links
            .iter()
            .map(|link| {
                json!({
                    "id": link.id, "name": link.name, "email": link.email, "created_at": link.created_at,
                    "expires_at": link.facts.expires_at, "revoked_at": link.facts.revoked_at,
                    "last_used_at": link.last_used_at,
                })
            })
            .collect();
        Ok(serde_json::to_vec_pretty(&json!({
            "id": review.id, "title": review.title, "host": review.host,
            "starts_at": review.window.starts_at, "ends_at": review.window.ends_at, "ended_at": review.window.ended_at,
            "source": source, "input_color": review.program.look.input_color, "look_name": review.look_name(),
            "look_sha256": review.program.look.grade.lut.as_ref().map(|file| hex(&Sha256::digest(&file.data))),
            "start_timecode": review.program.start_timecode, "drop_frame": review.program.drop_frame,
            "links": links, "archived_at": self.made_at, "program": concat!("vitrine ", env!("CARGO_PKG_VERSION")),
        }))?)
    }

    /// Everything that was said and is not any more: earlier wordings, and comments that were taken back.
    fn history_json(&self) -> Result<Vec<u8>, ExportError> {
        let replaced = self.wordings.iter().map(|was| {
            json!({ "comment_id": was.comment_id, "revision": was.revision, "text": was.text, "drawing": was.drawing,
                "drawing_proof": was.drawing_proof, "replaced_at": was.replaced_at })
        });
        let gone = self.comments.iter().filter(|comment| comment.deleted_at.is_some());
        let deleted = gone.map(|comment| {
            json!({ "comment_id": comment.id, "revision": comment.revision, "author": comment.author, "text": comment.text,
                "drawing": comment.drawing, "source_frame": comment.source_frame, "timecode": comment.timecode,
                "created_at": comment.created_at, "deleted_at": comment.deleted_at, "proof": comment.proof,
                "drawing_proof": comment.drawing_proof, "frame_witness": comment.frame_witness })
        });
        let (replaced, deleted): (Vec<_>, Vec<_>) = (replaced.collect(), deleted.collect());
        Ok(serde_json::to_vec_pretty(&json!({ "replaced": replaced, "deleted": deleted }))?)
    }

    fn chat_json(&self) -> Result<Vec<u8>, ExportError> {
        let lines = self.chat.iter().map(|line| {
            json!({ "id": line.id, "number": line.number, "viewer_id": line.viewer_id, "link_id": line.link_id,
                "author": line.author, "text": line.text, "said_at": line.said_at })
        });
        Ok(serde_json::to_vec_pretty(&json!({ "chat": lines.collect::<Vec<_>>() }))?)
    }

    fn chat_csv(&self) -> Result<Vec<u8>, ExportError> {
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(["Number", "Said UTC", "Author", "Text"])?;
        for line in &self.chat {
            let (number, said_at) = (line.number.to_string(), line.said_at.to_string());
            writer.write_record([number.as_str(), &said_at, cell(&line.author).as_ref(), &cell(&line.text)])?;
        }
        writer.into_inner().map_err(|error| ExportError::Io(error.into_error()))
    }

    fn viewers_json(&self) -> Result<Vec<u8>, ExportError> {
        let viewers: Vec<_> = self
            .viewers
            .iter()
            .map(|viewer| {
                json!({
                    "id": viewer.id, "link_id": viewer.link_id, "name": viewer.name, "email": viewer.email,
                    "ip": viewer.ip, "browser": viewer.browser, "session_code": viewer.session_code,
                    "joined_at": viewer.joined_at, "ended_at": viewer.ended_at,
                    "ended_reason": viewer.authority.viewer_ended, "display": viewer.display,
                    "probe": viewer.probe, "probe_at": viewer.probe_at, "display_at": viewer.display_at, "worst_picture": viewer.worst.as_ref().map(|worst| worst.state),
                    "worst_picture_reasons": viewer.worst.as_ref().map(|worst| &worst.reasons),
                    "frames_checked": viewer.frames_checked, "frames_disagreed": viewer.frames_disagreed,
                })
            })
            .collect();
        Ok(serde_json::to_vec_pretty(&json!({ "viewers": viewers }))?)
    }

    fn viewers_csv(&self) -> Result<Vec<u8>, ExportError> {
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record([
            "Name",
            "Email",
            "Session code",
            "Address",
            "Browser",
            "Joined UTC",
            "Ended UTC",
            "Reason",
            "Worst picture",
            "Frames checked",
            "Frames disagreed",
        ])?;
        for viewer in &self.viewers {
            writer.write_record([
                cell(&viewer.name).as_ref(),
                &cell(&viewer.email),
                &viewer.session_code,
                &viewer.ip,
                &cell(&viewer.browser),
                &viewer.joined_at.to_string(),
                &viewer.ended_at.map(|at| at.to_string()).unwrap_or_default(),
                viewer.authority.viewer_ended.map(|reason| reason.as_str()).unwrap_or_default(),
                &viewer.worst.as_ref().map(Worst::to_string).unwrap_or_default(),
                &viewer.frames_checked.to_string(),
                &viewer.frames_disagreed.to_string(),
            ])?;
        }
        writer.into_inner().map_err(|error| ExportError::Io(error.into_error()))
    }

    fn audit_jsonl(&self) -> Result<Vec<u8>, ExportError> {
        let mut lines = Vec::new();
        for stored in &self.audit {
            serde_json::to_writer(&mut lines, &json!({ "entry": stored.entry, "hash": hex(&stored.hash) }))?;
            lines.push(b'\n');
        }
        Ok(lines)
    }
}
