//! The shared memory itself: one sealed `memfd`, mapped by both processes, and nothing but atomics and bounded copies on it.
//!
//! The other side may write anything at any time. So nothing here hands out a `&[u8]` into the mapping: words are read
//! through atomics, bulk data is copied out, and every offset is checked against the length that was mapped.
#![allow(unsafe_code)]

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, memfd_create};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicU64};

/// One mapping of the shared memory. Untouched pages cost nothing.
pub struct Region {
    map: MmapRaw,
    file: File,
}

impl Region {
    /// Makes `len` bytes of zeroed shared memory, of a size that cannot be changed afterwards: a core that shrank the
    /// file would otherwise kill the host process with SIGBUS at its next read.
    pub fn create(len: usize) -> io::Result<Region> {
        let fd = memfd_create("hotseat", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        let file = File::from(fd);
        file.set_len(len as u64)?;
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Region::map(file, len)
    }

    /// Maps what the other process made. Refuses a file of another length, or one whose length could still change.
    pub fn open(fd: OwnedFd, len: usize) -> io::Result<Region> {
        let file = File::from(fd);
        let size = fstat(&file)?.st_size;
        let seals = fcntl_get_seals(&file)?;
        if u64::try_from(size).ok() != Some(len as u64) || !seals.contains(SealFlags::SHRINK) {
            return Err(io::Error::other("the shared memory is not the host's"));
        }
        Region::map(file, len)
    }

    fn map(file: File, len: usize) -> io::Result<Region> {
        let map = MmapOptions::new().len(len).map_raw(&file)?;
        Ok(Region { map, file })
    }

    /// The descriptor to hand to the other process.
    pub fn fd(&self) -> impl AsFd + '_ {
        self.file.as_fd()
    }

    /// How much of it is in use, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        // stat counts in blocks of 512 bytes, whatever the file system's are.
        fstat(&self.file).map_or(0, |found| u64::try_from(found.st_blocks).unwrap_or(0) * 512)
    }

    /// Gives the pages of a range back to the system; they read as zero from then on.
    pub fn discard(&self, offset: usize, len: usize) {
        self.check(offset, len, 1);
        // Only memory is lost if this is refused, so the result does not matter.
        let _ = rustix::fs::fallocate(
            &self.file,
            rustix::fs::FallocateFlags::PUNCH_HOLE | rustix::fs::FallocateFlags::KEEP_SIZE,
            offset as u64,
            len as u64,
        );
    }

    fn check(&self, offset: usize, len: usize, align: usize) {
        let end = offset.checked_add(len);
        assert!(
            end.is_some_and(|end| end <= self.map.len()) && offset.is_multiple_of(align),
            "shared memory access outside of its mapping"
        );
    }

    /// The 32-bit word at `offset`, which must be a multiple of 4.
    pub fn u32(&self, offset: usize) -> &AtomicU32 {
        self.check(offset, 4, 4);
        // SAFETY: inside the mapping and aligned (checked above; the mapping itself starts on a page); the mapping lives
        // as long as `self`; both processes access the word only as an atomic.
        unsafe { AtomicU32::from_ptr(self.map.as_mut_ptr().add(offset).cast()) }
    }

    /// The 64-bit word at `offset`, which must be a multiple of 8.
    pub fn u64(&self, offset: usize) -> &AtomicU64 {
        self.check(offset, 8, 8);
        // SAFETY: as in `u32`.
        unsafe { AtomicU64::from_ptr(self.map.as_mut_ptr().add(offset).cast()) }
    }

    /// Copies `out.len()` bytes out. If the other side writes meanwhile, the bytes are a mixture: the caller must be
    /// able to live with any content.
    pub fn copy_out(&self, offset: usize, out: &mut [u8]) {
        self.check(offset, out.len(), 1);
        // SAFETY: the range is inside the mapping, `out` is private memory and cannot overlap it; u8 has no invalid values.
        unsafe {
            std::ptr::copy_nonoverlapping(self.map.as_ptr().add(offset), out.as_mut_ptr(), out.len());
        }
    }

    /// Copies `data` in.
    pub fn copy_in(&self, offset: usize, data: &[u8]) {
        self.check(offset, data.len(), 1);
        // SAFETY: as in `copy_out`, the other way round.
        unsafe {
            std::ptr::copy_nonoverlapping(data.as_ptr(), self.map.as_mut_ptr().add(offset), data.len());
        }
    }

    /// A pointer to `len` bytes for C code that writes into the memory itself (`retro_serialize`), valid while the
    /// region lives. Used by the core process alone, which owns what it points it at.
    pub fn pointer(&self, offset: usize, len: usize) -> *mut u8 {
        self.check(offset, len, 1);
        self.map.as_mut_ptr().wrapping_add(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering;

    #[test]
    fn two_mappings_of_one_region_see_the_same_bytes() {
        let a = Region::create(8192).expect("memfd");
        let b = Region::open(rustix::io::dup(a.fd()).expect("dup"), 8192).expect("map again");
        a.u32(4).store(7, Ordering::Release);
        assert_eq!(b.u32(4).load(Ordering::Acquire), 7);
        b.copy_in(4096, b"hello");
        let mut out = [0; 5];
        a.copy_out(4096, &mut out);
        assert_eq!(&out, b"hello");
    }

    #[test]
    fn the_region_cannot_be_shrunk_under_the_host() {
        let region = Region::create(4096).expect("memfd");
        let file = File::from(rustix::io::dup(region.fd()).expect("dup"));
        assert!(file.set_len(0).is_err());
        assert!(file.set_len(8192).is_err());
    }

    #[test]
    fn a_region_of_another_length_is_refused() {
        let region = Region::create(4096).expect("memfd");
        assert!(Region::open(rustix::io::dup(region.fd()).expect("dup"), 8192).is_err());
    }

    #[test]
    #[should_panic(expected = "outside of its mapping")]
    fn an_access_past_the_end_is_stopped() {
        Region::create(4096).expect("memfd").u64(4096);
    }
}
