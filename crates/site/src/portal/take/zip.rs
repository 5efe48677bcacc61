//! A ZIP archive of a few small parts, stored as they are: all that a word processor's file needs.

/// An archive of these parts: name and content. The same parts give the same bytes.
pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let at = word(out.len());
        let entry = entry(name, content);
        out.extend(0x0403_4b50_u32.to_le_bytes());
        out.extend(&entry);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&entry);
        // No comment, one disk, plain attributes; then where the part begins.
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, begins, size) = (half(parts.len()), word(out.len()), word(directory.len()));
    out.extend(directory);
    out.extend(0x0605_4b50_u32.to_le_bytes());
    out.extend([0; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(begins.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// What local header and directory say alike: version, flag for UTF-8 names, stored, 1980-01-01, sum, sizes.
fn entry(name: &str, content: &[u8]) -> Vec<u8> {
    let size = word(content.len()).to_le_bytes();
    let mut out = Vec::with_capacity(26);
    out.extend(20_u16.to_le_bytes());
    out.extend(0x0800_u16.to_le_bytes());
    out.extend([0; 4]);
    out.extend(0x0021_u16.to_le_bytes());
    out.extend(sum_of(content).to_le_bytes());
    out.extend(size);
    out.extend(size);
    out.extend(half(name.len()).to_le_bytes());
    out.extend([0; 2]);
    out
}

fn sum_of(content: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(content);
    sum.sum()
}

fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn half(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
