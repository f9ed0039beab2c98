//! A Merkle tree that grows by leaves (RFC 6962, 2.1), kept as the heads of its whole subtrees.

use sha2::{Digest, Sha256};

use super::audit::EntryHash;

/// Bytes of a hash.
const HASH: usize = 32;

/// A tree of entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MerkleTree {
    size: u64,
    /// One head for each bit that is set in `size`, the largest subtree first.
    subtrees: Vec<EntryHash>,
}

/// SHA-256(0x01 || left || right).
fn node(left: &EntryHash, right: &EntryHash) -> EntryHash {
    let mut hasher = Sha256::new();
    hasher.update([1_u8]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

impl MerkleTree {
    /// A tree of `size` leaves from [`MerkleTree::subtrees`]; `None` when their number does not fit the size.
    pub fn grown(size: u64, subtrees: &[u8]) -> Option<Self> {
        let (heads, rest) = subtrees.as_chunks::<HASH>();
        let fits = rest.is_empty() && heads.len() == size.count_ones() as usize;
        fits.then(|| Self { size, subtrees: heads.to_vec() })
    }

    /// Adds a leaf by its hash, SHA-256(0x00 || entry).
    pub fn push(&mut self, leaf: EntryHash) {
        let mut head = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                head = node(&left, &head);
            }
        }
        self.subtrees.push(head);
        self.size += 1;
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Heads of the whole subtrees, 32 bytes each.
    pub fn subtrees(&self) -> Vec<u8> {
        self.subtrees.concat()
    }

    /// The head of the tree; of an empty one, SHA-256 of nothing.
    pub fn root(&self) -> EntryHash {
        let joined = self.subtrees.iter().rev().copied().reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(|| Sha256::digest([]).into())
    }
}
