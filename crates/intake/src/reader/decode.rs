//! Text of bytes: by its mark, as UTF-8 where it is, by what a web page says of itself, else as
//! GB 18030, which holds GBK and GB 2312.

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::refusal::{Cause, Refusal};

/// Bytes in which a web page names its encoding.
const HEAD: usize = 1024;

/// The text of a file.
pub(super) fn text(bytes: &[u8]) -> Result<String, Refusal> {
    let unknown = || {
        let why = "没有认出文字的编码，没有读取。请在制作它的程序中另存为UTF-8编码的文本。";
        Refusal::new(Cause::Format, why)
    };
    let (text, wrong) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()),
        None => {
            let encoding = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { named(bytes).unwrap_or(GB18030) };
            encoding.decode_without_bom_handling(bytes)
        }
    };
    if wrong || text.contains('\0') {
        return Err(unknown());
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Ok(text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect())
}

/// The encoding that a web page names: `<meta charset=gbk>`.
fn named(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..HEAD.min(bytes.len()))?).to_ascii_lowercase();
    let after = head.split("charset=").nth(1)?.trim_start_matches(['"', '\'']);
    let label: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let encoding = Encoding::for_label(label.as_bytes())?;
    // GBK names what is written as GB 18030 in truth.
    Some(if encoding.name() == "GBK" { GB18030 } else { encoding })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_of_an_office_is_read() {
        let words = "晴湾区关于㐂字的通知";
        let gb = GB18030.encode(words).0.into_owned();
        let wide = |little: bool| {
            let mark = if little { [0xFF, 0xFE] } else { [0xFE, 0xFF] };
            let units =
                words.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        let web = [b"<meta charset=\"gb2312\"><p>".as_slice(), &gb].concat();
        for bytes in
            [words.as_bytes().to_vec(), [b"\xEF\xBB\xBF", words.as_bytes()].concat(), gb, wide(true), wide(false)]
        {
            assert_eq!(text(&bytes).as_deref(), Ok(words));
        }
        assert!(text(&web).unwrap().ends_with(words));
        assert!(text(&[0x81, 0x20, 0xFF, 0xFF]).is_err());
        assert!(text(b"a\0b").is_err());
    }
}
