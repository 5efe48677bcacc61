//! The catalogue from the desk to the public: filled, changed, conflict told, files read back, table taken.

use axum::http::StatusCode;
use office::Role;
use publication::catalogue::Table;

use crate::files::multipart;
use crate::support::{Answer, Client, World};

/// Sends the form of a page as that page was read.
async fn send(client: &mut Client, page: &Answer, address: &str, fields: &[(&str, &str)]) -> Answer {
    let (csrf, seen) = (page.hidden("csrf"), page.hidden("seen"));
    let ours = [("csrf", csrf.as_str()), ("seen", seen.as_str())];
    client.post_raw(address, &ours.into_iter().chain(fields.iter().copied()).collect::<Vec<_>>()).await
}

/// Sends a table to the import page.
async fn bring(client: &mut Client, name: &str, bytes: &[u8]) -> Answer {
    const PATH: &str = "/desk/catalogue/import";
    let csrf = client.get(PATH).await.hidden("csrf");
    let fields = [("csrf", csrf.as_str()), ("then", "write"), ("reason", "年度核对")];
    let body = multipart(&fields, &[("file", name, bytes)]);
    client.send("POST", PATH, &[("content-type", "multipart/form-data; boundary=cut")], body).await
}

#[tokio::test]
async fn the_clerk_edits_and_everybody_reads_the_same_catalogue_as_page_and_files() {
    let world = World::new().await;
    world.officer("foi", &[Role::FoiClerk]).await;
    let mut clerk = world.desk("foi").await;
    let mut anybody = world.client();
    assert!(anybody.get("/catalogue").await.text.contains("共0项"));
    let filled = clerk.post("/desk/catalogue", "/desk/catalogue/fill", &[]).await;
    assert_eq!(filled.status, StatusCode::SEE_OTHER, "{}", filled.text);
    let list = clerk.get("/desk/catalogue").await.text;
    assert!(list.contains("空白") && list.contains("没有确定责任单位"));
    let entry = list.split("href=\"/desk/catalogue/").skip(1).filter_map(|rest| rest.split('"').next());
    let entry = entry.filter(|id| id.parse::<i64>().is_ok()).last().expect("an entry").to_owned();
    let address = format!("/desk/catalogue/{entry}");
    let form = [
        ("top", "民生领域"),
        ("item", "社会救助"),
        ("content", "救助标准"),
        ("basis", "《社会救助暂行办法》第九条"),
        ("time_limit", "及时"),
        ("period", "days"),
        ("days", "30"),
        ("within", "20"),
        ("manner", "proactive"),
        ("marks", "result"),
        ("reason", "按领域目录修改"),
    ];
    // Both open the form; the second to save is told what the first did and loses nothing.
    let opened = clerk.get(&address).await;
    let saved = send(&mut clerk, &opened, &address, &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let late: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, if *name == "content" { "救助对象" } else { value })).collect();
    let clash = send(&mut clerk, &opened, &address, &late).await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(
        clash.text.contains("按领域目录修改") && clash.text.contains("救助对象") && clash.text.contains("救助标准")
    );
    let page = anybody.get("/catalogue?q=救助&mark=result").await.text;
    assert!(page.contains("救助标准") && page.contains("每30个工作日") && !page.contains("土地征收"), "{page}");
    let file = anybody.get("/catalogue.xlsx").await;
    let rows = intake::sheet::read(&file.bytes, "目录.xlsx").expect("a spreadsheet");
    let names = world.office().catalogue_names(world.office().default_body()).await.expect("names");
    let table = Table::read(&rows, &names).expect("a table");
    assert_eq!((table.faults.len(), table.lines.len()), (0, rows.len() - 1), "{:?}", table.faults);
    let json = anybody.get("/catalogue.json").await.json();
    assert_eq!(json["entries"].as_array().map(Vec::len), Some(table.lines.len()));
    assert!(anybody.get("/catalogue.csv").await.text.contains("救助标准"));
    let taken = bring(&mut clerk, "目录.xlsx", &file.bytes).await;
    assert!(taken.text.contains("新增0项，修改0项"), "{}", taken.text);
    let wrong = "一级事项,二级事项,公开内容,公开依据,公开时限,起始日期,颜色\n甲,乙,丙,丁,及时,2026-02-30,红\n";
    let taken = bring(&mut clerk, "目录.csv", wrong.as_bytes()).await;
    assert!(
        taken.text.contains("第2行") && taken.text.contains("不是真实的日期") && taken.text.contains("颜色"),
        "{}",
        taken.text
    );
}
