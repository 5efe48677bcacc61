//! Checking proofs (RFC 9162, 2.1.3.2 and 2.1.4.2). Nothing here is shared with the making of them.

use super::Hash;
use super::tree::node_hash;

/// Whether `path` leads from the leaf `index` to the root of the tree of `size` leaves.
pub fn included(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `old` leaves with root `old_root` is the beginning of that of `size`.
pub fn consistent(old: u64, old_root: &Hash, size: u64, root: &Hash, path: &[Hash]) -> bool {
    if old == 0 || old == size {
        return path.is_empty() && (old != size || old_root == root);
    }
    if old > size {
        return false;
    }
    // Where the old tree is complete, its root is the first node.
    let mut steps = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut ours, mut theirs) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            ours = node_hash(step, &ours);
            theirs = node_hash(step, &theirs);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            theirs = node_hash(&theirs, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && ours == *old_root && theirs == *root
}
