//! D4: letters, visits and calls become matters, by keyboard alone; and the slip that proves it.

use super::{
    parts::{Ahead, Fields},
    shell::Shell,
};
use crate::component::{Lamp, Link, Slip, Text};
use askama::Template;

/// One page in paper order. Enter goes to the next field, Ctrl+Enter saves.
#[derive(Template)]
#[template(path = "desk/register.html")]
pub struct RegisterPage {
    /// The frame.
    pub shell: Shell,
    /// What is registered: 群众留言, 信息公开申请.
    pub kinds: Vec<Tab>,
    /// How it came: 来信 来访 来电 网上 转来.
    pub channels: Vec<Tab>,
    /// Where the form goes.
    pub action: String,
    /// Kind and channel, which the form carries along.
    pub hidden: Vec<(&'static str, String)>,
    /// The fields, in the order of the paper.
    pub fields: Fields,
    /// Earlier matters of the same person, found by name and phone.
    pub found: Found,
    /// Where the script asks for them while the form is filled in.
    pub found_at: Text,
    /// What follows from saving: due dates, state, receipt.
    pub then: Ahead,
    /// Why the sheet was not saved, besides what is wrong with fields.
    pub barred: Vec<String>,
}

/// A tab that is a real link.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    /// Where it leads.
    pub link: Link,
    /// This is the page shown.
    pub here: bool,
}

/// Earlier matters of the person being registered. Also served alone to the script.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/found.html")]
pub struct Found {
    /// Name and phone were given and looked up.
    pub asked: bool,
    /// The matters, newest first.
    pub rows: Vec<FoundRow>,
}
impl askama::filters::HtmlSafe for Found {}

/// One earlier matter.
#[derive(Clone, Debug, Default)]
pub struct FoundRow {
    /// Its page.
    pub href: String,
    /// Its lamp.
    pub lamp: Lamp,
    /// Its number.
    pub number: String,
    /// Masked title.
    pub title: String,
    /// When, where, in what state.
    pub note: String,
}

/// The slip handed over or printed after saving.
#[derive(Template)]
#[template(path = "desk/slip.html")]
pub struct SlipPage {
    /// The frame.
    pub shell: Shell,
    /// The slip.
    pub slip: Slip,
    /// Its matter.
    pub matter: String,
    /// Registration of the next one, same kind and channel.
    pub next: String,
    /// Earlier matters of the same person.
    pub found: Found,
    /// Files that were not taken, a sentence each.
    pub refused: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::super::{
        parts::Cell,
        sample::{HOSTILE, check, coming},
        shell::tests::sample,
    };
    use super::*;
    use crate::component::{Choice, Choices, Fact, Facts, Field, Input, LampKind, Qr};

    fn tab(href: &'static str, text: &'static str, here: bool) -> Tab {
        Tab { link: Link::new(href, text), here }
    }

    fn found() -> Found {
        let row = |n: &str, title: &str, kind, word: &'static str| FoundRow {
            href: "/desk/m/1".into(),
            lamp: Lamp::new(kind, word),
            number: n.into(),
            title: title.into(),
            note: "2026-10-08　来电 投诉　区住建局".into(),
        };
        Found {
            asked: true,
            rows: vec![
                row("晴办2026-000288", "望潮路夜间施工噪声扰民", LampKind::Green, "承办中"),
                row("晴办2026-000103", "望潮路路面破损积水", LampKind::Grey, "已办结"),
            ],
        }
    }

    fn page(name: &str, error: &'static str, found: Found) -> RegisterPage {
        let kinds = ["咨询", "投诉", "建议", "求助"];
        let category = Choices::one("category", "类别", kinds.iter().map(|k| Choice::new(*k, *k)).collect());
        RegisterPage {
            shell: sample("/desk/register"),
            kinds: vec![tab("?kind=message", "群众留言", true), tab("?kind=foi", "信息公开申请", false)],
            channels: vec![
                tab("?channel=letter", "来信", false),
                tab("?channel=visit", "来访", false),
                tab("?channel=phone", "来电", true),
                tab("?channel=web", "网上", false),
                tab("?channel=other", "转来", false),
            ],
            action: "/desk/register".into(),
            hidden: vec![("kind", "message".into()), ("channel", "phone".into())],
            fields: Fields {
                cells: vec![
                    Cell::Legend("反映人".into()),
                    Cell::Field(3, Field::new("name", "姓名或者单位名称", name)),
                    Cell::Field(4, Field::new("phone", "手机或者座机", "13800000000").digits()),
                    Cell::Field(5, Field::new("id_number", "证件号码", "").optional().error(error)),
                    Cell::Field(6, Field::new("address", "通信地址", "").optional()),
                    Cell::Field(6, Field::new("email", "电子邮箱", "").optional()),
                    Cell::Legend("反映的事".into()),
                    Cell::Choices(6, category),
                    Cell::Field(6, Field::new("place", "地点", "").optional()),
                    Cell::Field(12, Field::new("title", "标题", "").max(50)),
                    Cell::Field(12, Field::new("text", "内容", "").input(Input::Area(5)).max(5000)),
                    Cell::Field(
                        6,
                        Field::new("unit_wanted", "希望由谁办", "")
                            .optional()
                            .input(Input::Select(vec![Choice::new("", "不清楚，由分办员确定")])),
                    ),
                    Cell::Field(6, Field::new("files", "材料", "").optional().input(Input::Files(""))),
                ],
            },
            found,
            found_at: "/desk/register/found".into(),
            then: coming(),
            barred: Vec::new(),
        }
    }

    #[test]
    fn registration_renders_empty_with_errors_and_with_earlier_matters() {
        check("register", &page("", "", Found::default()));
        let html = check("register_error", &page(HOSTILE, "证件号码校验位不对，请核对第18位。", found()));
        assert!(html.contains("href=\"#id_number\"") && html.contains("晴办2026-000288"));
        assert!(!html.contains("<script>alert"));
        assert!(html.contains("data-enter"));
    }

    #[test]
    fn the_slip_shows_code_password_and_earlier_matters() {
        let page = SlipPage {
            shell: sample("/desk/register"),
            slip: Slip {
                title: "登记回执".into(),
                lead: "请把回执交给反映人，或者在电话里念给对方。".into(),
                code: "4829 0173 5577".into(),
                password: "406 218".into(),
                qr: Some(Qr::new("https://www.qingwan.example/q/482901735577", "查进度的二维码")),
                facts: Facts {
                    facts: vec![
                        Fact::new("编号", "晴办2026-000418"),
                        Fact::new("登记", "2026-11-22 10:06　来电 投诉"),
                        Fact::new("答复期限", "2026-12-11（周五）前").law("《晴湾区群众留言办理规定》"),
                    ],
                },
                foot: "查询密码只显示这一次。".into(),
            },
            matter: "/desk/m/418".into(),
            next: "/desk/register?channel=phone".into(),
            found: found(),
            refused: vec!["“照片.exe”没有收：不收可执行文件，请转成图片或者PDF后补交。".into()],
        };
        let html = check("slip", &page);
        assert!(html.contains("4829 0173 5577") && html.contains("406 218") && html.contains("照片.exe"));
    }
}
