//! What must be hidden is hidden, and what must stay stays.

use proptest::prelude::*;
use text::mask::{self, Kind};
use text::{id_number, normal, token};

fn masked(original: &str) -> String {
    mask::text(original).text
}

fn kinds(original: &str) -> Vec<Kind> {
    mask::text(original).hits.into_iter().map(|hit| hit.kind).collect()
}

#[test]
fn identity_numbers_in_every_way_of_writing() {
    for written in [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-1949-1231-002 X",
        "1101 0519 4912 3100 2X",
        "110105\u{200b}19491231002X",
    ] {
        assert_eq!(masked(&format!("本人{written}，申请")), "本人110105********002X，申请", "{written}");
    }
    assert_eq!(masked("旧证110105491231003号"), "旧证110105******003号");
}

#[test]
fn a_number_called_an_identity_number_is_hidden_even_if_mistyped() {
    assert_eq!(masked("110105194912310021"), "110105194912310021");
    assert_eq!(masked("身份证号：110105194912310021"), "身份证号：110105********0021");
}

#[test]
fn phones_in_every_way_of_writing() {
    for (written, shown) in [
        ("13800001234", "138****1234"),
        ("１３８００００１２３４", "138****1234"),
        ("138 0000 1234", "138****1234"),
        ("138-0000-1234", "138****1234"),
        ("138.0000.1234", "138****1234"),
        ("1 3 8 0 0 0 0 1 2 3 4", "138****1234"),
        ("+8613800001234", "+86138****1234"),
        ("+86 138 0000 1234", "+86 138****1234"),
        ("tel13800001234x", "tel138****1234x"),
        ("0591-80001234", "0591-********"),
        ("（0591）80001234", "（0591-********"),
        ("059180001234", "0591-********"),
        ("电话：80001234", "电话：********"),
    ] {
        assert_eq!(masked(written), shown, "{written}");
    }
}

#[test]
fn neighbours_are_each_found() {
    assert_eq!(masked("13800001234 13900005678"), "138****1234 139****5678");
    assert_eq!(masked("13800001234/13900005678"), "138****1234/139****5678");
    assert_eq!(masked("11010519491231002X13800001234"), "110105********002X138****1234");
    assert_eq!(masked("申某甲 11010519491231002X 13800001234"), "申某甲 110105********002X 138****1234");
}

#[test]
fn cards_mail_plates_passports() {
    assert_eq!(masked("卡4111 1111 1111 1111。"), "卡************1111。");
    assert_eq!(masked("卡4111111111111111。"), "卡************1111。");
    assert_eq!(masked("银行卡号4111111111111112"), "银行卡号************1112");
    assert_eq!(masked("写信至shenmoujia@example.com或a@example.com"), "写信至s***@example.com或***@example.com");
    assert_eq!(masked("13800001234＠example．com"), "1***@example.com");
    assert_eq!(masked("车牌沪A·12312和沪ad12345"), "车牌沪A·***12和沪A·****45");
    assert_eq!(masked("护照号码为E00001234"), "护照号码为E******34");
    assert_eq!(kinds("E00001234"), []);
}

#[test]
fn what_is_no_personal_data_stays() {
    for plain in [
        "明晴政办〔2026〕12号",
        "受理编号4111111111111111",
        "注册号：411111111111116",
        "投资13.80亿元，合计4111111111111111元",
        "￥ 4111111111111111",
        "比例0.619834710743802",
        "数据411111111111111111111111",
        "单号20190424160340123456789",
        "91350100M000100Y43",
        "拨打12345或400-800-1234",
        "2019-04-24 16:03:40",
        "第3章第15条，共1380户",
        "A00023583、B3区、88路",
        "1380000123412",
    ] {
        assert_eq!(masked(plain), plain);
    }
}

#[test]
fn fields() {
    for (name, shown) in [
        ("申某甲", "申**"),
        ("申某", "申*"),
        ("申", "*"),
        ("", ""),
        ("欧阳某", "欧阳*"),
        ("歐陽某某", "歐陽**"),
        ("欧阳", "欧*"),
        ("𠮷某甲", "𠮷**"),
        ("阿某·买某某", "阿*·买**"),
        ("John Doe", "J*** D**"),
        ("葛\u{e0100}某", "葛*"),
    ] {
        assert_eq!(mask::name(name), shown, "{name}");
    }
    assert_eq!(mask::phone("+86 138-0000-1234"), "138****1234");
    assert_eq!(mask::phone("0591 80001234"), "0591-********");
    assert_eq!(mask::phone("1380000123"), "**********");
    assert_eq!(mask::id_number("11010519491231002x"), "110105********002X");
    assert_eq!(mask::id_number("110105194912310021"), "110105***********1");
    assert_eq!(mask::id_number("E00001234"), "E*******4");
    assert_eq!(mask::id_number("1234"), "****");
}

#[test]
fn addresses_end_at_the_village() {
    for (address, shown) in [
        ("明川市晴湾区望湖街道晴望社区3号楼2单元501室", "明川市晴湾区望湖街道晴望社区****"),
        ("明川市晴湾区湖滨小区3栋", "明川市晴湾区****"),
        ("某省明川市晴湾县柳镇东村12号", "某省明川市晴湾县柳镇东村****"),
        ("明川市鼓楼区中山路8号", "明川市鼓楼区****"),
        ("明川市晴湾区晴湾农贸市场2号", "明川市晴湾区****"),
        ("明川市晴湾区工人新村5号", "明川市晴湾区****"),
        ("明川市晴湾区", "明川市晴湾区"),
        ("中山路8号", "****"),
        ("", ""),
    ] {
        assert_eq!(mask::address(address), shown);
    }
}

/// Pieces that meet in bad texts.
fn piece() -> impl Strategy<Value = String> {
    let digits = proptest::collection::vec(0u8..10, 17);
    let id = digits.prop_map(|d| {
        let tail: String = d[..3].iter().map(|n| char::from(b'0' + n)).collect();
        let body = format!("1101051949{:02}{:02}{tail}", 1 + d[3], 1 + d[4]);
        let check = "0123456789X".chars().find(|c| id_number::parse(&format!("{body}{c}")).is_ok());
        format!("{body}{}", check.unwrap())
    });
    let mobile = "1[3-9][0-9]{9}".prop_map(|s| s);
    let wide = "1[3-9][0-9]{9}"
        .prop_map(|s| s.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect::<String>());
    prop_oneof![
        3 => id, 3 => mobile, 1 => wide,
        2 => "[ \\-.·()x@a-z0-9，。元臺㎡\u{200b}]{0,6}",
        1 => "[a-z0-9]{1,8}@[a-z0-9]{1,11}\\.[a-z]{2}",
        1 => ".{0,8}",
    ]
}

/// Whole runs of digits (with a final X) of a text, as a reader or a program sees them.
fn digit_runs(text: &str) -> Vec<String> {
    let folded = normal::folded(text).to_uppercase();
    let mut runs = Vec::new();
    for piece in folded.split(|c: char| !c.is_ascii_digit() && c != 'X') {
        runs.push(piece.to_owned());
        runs.extend(piece.split('X').map(str::to_owned));
    }
    runs
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_valid_identity_or_mobile_number_is_left(pieces in proptest::collection::vec(piece(), 0..8)) {
        let original = pieces.concat();
        let result = mask::text(&original);
        for run in digit_runs(&result.text) {
            prop_assert!(run.len() != 18 || id_number::parse(&run).is_err(), "{original:?} → {:?}", result.text);
            let mobile = run.len() == 11 && matches!(text::phone::parse(&run), Ok(text::phone::Phone::Mobile(_)));
            prop_assert!(!mobile, "{original:?} → {:?}", result.text);
        }
    }

    #[test]
    fn ranges_lie_on_characters_and_apart(pieces in proptest::collection::vec(piece(), 0..8)) {
        let original = pieces.concat();
        let mut end = 0;
        for hit in mask::find(&original) {
            prop_assert!(hit.range.start >= end && hit.range.end > hit.range.start);
            prop_assert!(original.get(hit.range.clone()).is_some());
            end = hit.range.end;
        }
        for token in token::tokens(&original) {
            prop_assert!(original.get(token.range).is_some());
        }
        for mark in token::highlight(&original, &original) {
            prop_assert!(original.get(mark).is_some());
        }
        let shown = token::excerpt(&original, &original, 10);
        prop_assert!(original.get(shown).is_some());
    }

    #[test]
    fn folding_twice_is_folding_once(original in ".{0,60}") {
        let once = normal::folded(&original);
        prop_assert_eq!(normal::folded(&once), once.clone());
        let fold = normal::fold(&original);
        prop_assert_eq!(fold.text(), once);
    }

    #[test]
    fn field_masks_take_anything(original in ".{0,40}") {
        mask::name(&original);
        mask::phone(&original);
        mask::id_number(&original);
        mask::address(&original);
    }
}
