//! The data directory: database, keys, certificates. Readable by its owner only.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::domain::secret::SecretText;

/// Something about a file went wrong.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {error}", path.display())]
pub struct FileError {
    /// read, write, create ...
    pub doing: &'static str,
    /// Which file.
    pub path: PathBuf,
    /// What the system says.
    pub error: std::io::Error,
}

/// The directory where everything lasting lives.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Opens the directory; makes it (0700) if it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(at("create", path))?;
        let path = path.canonicalize().map_err(at("find", path))?;
        Ok(Self(path))
    }

    /// Opens a directory that must exist.
    ///
    /// # Errors
    /// When it does not.
    pub fn existing(path: &Path) -> Result<Self, FileError> {
        let path = path.canonicalize().map_err(at("find the data directory", path))?;
        Ok(Self(path))
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("vitrine.db")
    }

    /// The key that signs leases.
    pub fn lease_key(&self) -> PathBuf {
        self.0.join("lease-key.pem")
    }

    /// The key that signed leases before.
    pub fn previous_lease_key(&self) -> PathBuf {
        self.0.join("lease-key-previous.pem")
    }

    /// The certificate and key that viewers' browsers see in DTLS.
    pub fn media_identity(&self) -> PathBuf {
        self.0.join("media-identity.pem")
    }

    /// The key that signs checkpoints of the record.
    pub fn audit_key(&self) -> PathBuf {
        self.0.join("audit-key.pem")
    }

    /// The master key of the invisible marks, sealed.
    pub fn mark_master(&self) -> PathBuf {
        self.0.join("mark-master.sealed")
    }

    /// The key that seals it, unless another place is configured.
    pub fn mark_seal(&self) -> PathBuf {
        self.0.join("mark-seal.key")
    }

    /// The key that seals accounts' secrets, unless another place is configured.
    pub fn secret_seal(&self) -> PathBuf {
        self.0.join("secret-seal.key")
    }

    /// Small copies of the frames that were shown, sealed.
    pub fn references(&self) -> PathBuf {
        self.0.join("references")
    }

    /// Files that were sent to be compared, while they are.
    pub fn leaks(&self) -> PathBuf {
        self.0.join("leaks")
    }

    /// The local CA's certificate.
    pub fn ca_certificate(&self) -> PathBuf {
        self.0.join("ca.pem")
    }

    /// The local CA's key.
    pub fn ca_key(&self) -> PathBuf {
        self.0.join("ca-key.pem")
    }

    /// The server's certificate by the local CA.
    pub fn tls_certificate(&self) -> PathBuf {
        self.0.join("tls.pem")
    }

    /// The server's key.
    pub fn tls_key(&self) -> PathBuf {
        self.0.join("tls-key.pem")
    }

    /// The account with the CA that gives the server its certificate.
    pub fn acme_account(&self) -> PathBuf {
        self.0.join("acme-account.json")
    }

    /// The server's certificate by that CA: who gave it, key and chain in one file, so that they change together.
    pub fn acme_certificate(&self) -> PathBuf {
        self.0.join("acme.pem")
    }

    /// Takes the one right to run a server on this directory; it is given back when the file is dropped.
    ///
    /// # Errors
    /// When another server runs on it.
    pub fn lock(&self) -> Result<fs::File, FileError> {
        let path = self.0.join("server.lock");
        let file = fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.map_err(at("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(error) => Err(FileError {
                doing: "start a second server on the data directory of a running one; its lock is",
                path,
                error: std::io::Error::other(error.to_string()),
            }),
        }
    }

    /// Writes a file that only its owner may read (0600), whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_private(&self, path: &Path, content: &[u8]) -> Result<(), FileError> {
        let partial = path.with_extension("partial");
        let mut options = fs::OpenOptions::new();
        let mut file =
            options.create(true).truncate(true).write(true).mode(0o600).open(&partial).map_err(at("write", path))?;
        file.write_all(content).map_err(at("write", path))?;
        file.sync_all().map_err(at("write", path))?;
        fs::rename(&partial, path).map_err(at("write", path))
    }

    /// Reads a file that others must not be able to read.
    ///
    /// # Errors
    /// When it cannot be read, or others can.
    pub fn read_private(&self, path: &Path) -> Result<Zeroizing<String>, FileError> {
        let mode = mode(path)?;
        if mode & 0o077 != 0 {
            let error = std::io::Error::other(format!("others may read it (mode {mode:o}); expected 600"));
            return Err(FileError { doing: "use the key", path: path.to_owned(), error });
        }
        fs::read_to_string(path).map(Zeroizing::new).map_err(at("read", path))
    }
}

/// The first line of a file that only its owner may read: a secret that a person put there.
///
/// # Errors
/// When it cannot be read, or others can.
pub fn secret_line(path: &Path) -> Result<SecretText, FileError> {
    let mode = mode(path)?;
    if mode & 0o077 != 0 {
        let error = std::io::Error::other(format!("others may read it (mode {mode:o}); expected 600"));
        return Err(FileError { doing: "use the secret in", path: path.to_owned(), error });
    }
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(at("read", path))?;
    Ok(SecretText::new(text.lines().next().unwrap_or_default()))
}

/// Permission bits of a file.
///
/// # Errors
/// When it cannot be looked at.
pub fn mode(path: &Path) -> Result<u32, FileError> {
    Ok(fs::metadata(path).map_err(at("look at", path))?.permissions().mode() & 0o7777)
}

/// Turns an I/O error into one that says what and where.
pub fn at(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> FileError {
    let path = path.to_owned();
    move |error| FileError { doing, path, error }
}
