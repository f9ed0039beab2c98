//! The one file that an archive is: a ZIP, or a 7z whose content and names are encrypted (AES-256).

use std::io::{Cursor, Read, Write as _};

use sevenz_rust2::encoder_options::{AesEncoderOptions, EncoderOptions};
use sevenz_rust2::{ArchiveEntry, ArchiveReader, ArchiveWriter, EncoderConfiguration, EncoderMethod, Password};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, ZipArchive};

use super::File;
use super::verify::ArchiveFault;
use crate::domain::secret::SecretText;
use crate::export::ExportError;

/// Most files that are read from an archive.
pub const FILES_MOST: usize = 20_000;
/// Most bytes that an archive may unfold into.
pub const BYTES_MOST: u64 = 4 << 30;
/// What a reader of 7z may take for headers and dictionaries, KiB.
const MEMORY_KIB: usize = 256 * 1024;
/// SHA-256 runs of the key: 2 to this power, as 7-Zip itself does.
const KEY_CYCLES_POWER: u8 = 19;

/// Packs files into a ZIP.
///
/// # Errors
/// When writing fails.
pub fn zip(files: &[File]) -> Result<Vec<u8>, ExportError> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(file.name.as_str(), options)?;
        zip.write_all(&file.content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Packs files into a 7z that shows neither content nor names without the passphrase.
///
/// # Errors
/// When writing fails.
pub fn seven_zip(files: &[File], passphrase: &SecretText) -> Result<Vec<u8>, ExportError> {
    let mut aes = AesEncoderOptions::new(Password::from(passphrase.reveal()));
    aes.num_cycles_power = KEY_CYCLES_POWER;
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new()))?;
    writer.set_content_methods(vec![
        EncoderConfiguration::new(EncoderMethod::AES256_SHA256).with_options(EncoderOptions::Aes(aes)),
        EncoderConfiguration::new(EncoderMethod::LZMA2),
    ]);
    writer.set_encrypt_header(true);
    for file in files {
        writer.push_archive_entry(ArchiveEntry::new_file(&file.name), Some(file.content.as_slice()))?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Reads the files of a ZIP, or of a 7z with its passphrase.
///
/// # Errors
/// When the bytes are neither, the passphrase is missing or wrong, or there is more in it than an archive may hold.
pub fn unpack(bytes: &[u8], passphrase: Option<&SecretText>) -> Result<Vec<File>, ArchiveFault> {
    if bytes.starts_with(b"PK\x03\x04") {
        unpack_zip(bytes)
    } else if bytes.starts_with(b"7z\xbc\xaf\x27\x1c") {
        unpack_seven_zip(bytes, passphrase.ok_or(ArchiveFault::PassphraseMissing)?)
    } else {
        Err(ArchiveFault::NotAnArchive)
    }
}

fn unpack_zip(bytes: &[u8]) -> Result<Vec<File>, ArchiveFault> {
    let damaged = |error: zip::result::ZipError| ArchiveFault::Damaged { reason: error.to_string() };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut taken = Taken::default();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        taken.take(name, &mut entry)?;
    }
    Ok(taken.files)
}

fn unpack_seven_zip(bytes: &[u8], passphrase: &SecretText) -> Result<Vec<File>, ArchiveFault> {
    let password = Password::from(passphrase.reveal());
    let mut reader = ArchiveReader::new_with_memory_limit(Cursor::new(bytes), password, MEMORY_KIB).map_err(seven)?;
    let (mut taken, mut fault) = (Taken::default(), None);
    let walked = reader.for_each_entries(|entry, content| {
        fault = taken.take(entry.name().to_owned(), content).err();
        Ok(fault.is_none())
    });
    match fault {
        Some(fault) => Err(fault),
        None => walked.map(|()| taken.files).map_err(seven),
    }
}

/// A wrong passphrase shows as content that cannot be decoded, so it cannot be told from damage.
fn seven(error: sevenz_rust2::Error) -> ArchiveFault {
    use sevenz_rust2::Error::{MaybeBadPassword, PasswordRequired};
    match error {
        PasswordRequired | MaybeBadPassword(_) => ArchiveFault::PassphraseWrong,
        other => ArchiveFault::Damaged { reason: other.to_string() },
    }
}

/// Files read so far, within the limits.
#[derive(Default)]
struct Taken {
    files: Vec<File>,
    bytes: u64,
}

impl Taken {
    fn take(&mut self, name: String, content: &mut dyn Read) -> Result<(), ArchiveFault> {
        let left = BYTES_MOST - self.bytes;
        let mut file = File { name, content: Vec::new() };
        let read = content.take(left + 1).read_to_end(&mut file.content);
        read.map_err(|error| ArchiveFault::Damaged { reason: format!("{}: {error}", file.name) })?;
        self.bytes += file.content.len() as u64;
        if self.bytes > BYTES_MOST || self.files.len() >= FILES_MOST {
            return Err(ArchiveFault::TooLarge);
        }
        self.files.push(file);
        Ok(())
    }
}
