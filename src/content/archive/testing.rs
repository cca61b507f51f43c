//! Archives for tests: zip by the crate that reads it, 7z by hand and without compression.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip with these files, deflated.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, data) in files {
        if name.ends_with('/') {
            writer.add_directory(*name, options).expect("a folder");
        } else {
            writer.start_file(*name, options).expect("a file");
            writer.write_all(data).expect("its bytes");
        }
    }
    writer.finish().expect("a zip").into_inner()
}

/// A 7z with these files, copied one behind the other into a single block.
pub(crate) fn seven(files: &[(&str, &[u8])]) -> Vec<u8> {
    let data: Vec<u8> = files.iter().flat_map(|(_, data)| data.iter().copied()).collect();
    let mut header = vec![0x01, 0x04];
    // Where the packed bytes are: one stream from the beginning.
    header.extend([0x06, 0x00, 0x01, 0x09]);
    header.extend(number(data.len() as u64));
    header.push(0x00);
    // One folder with one coder, which copies.
    header.extend([0x07, 0x0b, 0x01, 0x00, 0x01, 0x01, 0x00, 0x0c]);
    header.extend(number(data.len() as u64));
    header.push(0x00);
    // How many files it has, how long they are but for the last, and their checksums.
    header.extend([0x08, 0x0d]);
    header.extend(number(files.len() as u64));
    if files.len() > 1 {
        header.push(0x09);
        for (_, data) in &files[..files.len() - 1] {
            header.extend(number(data.len() as u64));
        }
    }
    header.extend([0x0a, 0x01]);
    for (_, data) in files {
        header.extend(crc32fast::hash(data).to_le_bytes());
    }
    header.extend([0x00, 0x00, 0x05]);
    header.extend(number(files.len() as u64));
    let names: Vec<u8> = files
        .iter()
        .flat_map(|(name, _)| name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
        .collect();
    header.push(0x11);
    header.extend(number(names.len() as u64 + 1));
    header.push(0x00);
    header.extend(names);
    header.extend([0x00, 0x00]);

    let mut start = (data.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(crc32fast::hash(&header).to_le_bytes());
    let mut archive = b"7z\xbc\xaf\x27\x1c\x00\x04".to_vec();
    archive.extend(crc32fast::hash(&start).to_le_bytes());
    archive.extend(start);
    archive.extend(data);
    archive.extend(header);
    archive
}

/// The format's own numbers; four bytes are enough here.
fn number(value: u64) -> Vec<u8> {
    if value < 0x80 {
        return vec![value as u8];
    }
    let bytes = (value as u32).to_le_bytes();
    [0xe0 | 0x10].into_iter().chain(bytes).collect()
}
