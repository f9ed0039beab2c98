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

/// A whole tree in memory, to prove that leaves are in it.
#[derive(Clone, Debug)]
pub struct Proofs {
    /// The leaves, then each level above them; the last has one node.
    levels: Vec<Vec<EntryHash>>,
}

impl Proofs {
    /// The tree over these leaves; `None` when there is none.
    pub fn over(leaves: Vec<EntryHash>) -> Option<Self> {
        let mut levels = vec![leaves];
        while levels.last()?.len() > 1 {
            // A node without a sibling goes up as it is, which gives the tree of RFC 6962.
            let above = levels.last()?.chunks(2).map(|pair| match pair {
                [left, right] => node(left, right),
                [alone] => *alone,
                _ => [0; HASH],
            });
            let above = above.collect();
            levels.push(above);
        }
        levels.last()?.first()?;
        Some(Self { levels })
    }

    /// The audit path of the leaf at `index`, from below (RFC 6962, 2.1.1); `None` when there is no such leaf.
    pub fn path(&self, index: u64) -> Option<Vec<EntryHash>> {
        let mut at = usize::try_from(index).ok()?;
        self.levels.first()?.get(at)?;
        let mut path = Vec::new();
        for level in &self.levels {
            path.extend(level.get(at ^ 1));
            at /= 2;
        }
        Some(path)
    }
}

/// The head that a tree of `size` leaves must have if `leaf` stands at `index` in it and `path` is right (RFC 9162,
/// 2.1.3.2). `None` when the path does not fit index and size.
pub fn head_of(leaf: EntryHash, index: u64, size: u64, path: &[EntryHash]) -> Option<EntryHash> {
    let (mut at, mut last) = (index, size.checked_sub(1)?);
    if index > last {
        return None;
    }
    let mut head = leaf;
    let mut path = path.iter();
    while last > 0 {
        if at % 2 == 1 {
            head = node(path.next()?, &head);
        } else if at < last {
            head = node(&head, path.next()?);
        }
        (at, last) = (at / 2, last / 2);
    }
    path.next().is_none().then_some(head)
}
