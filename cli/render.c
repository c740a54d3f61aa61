/* canvass render: a report that is kept in a file, in any form. */
#include <stddef.h>

#include "cli/language.h"
#include "cli/rendering.h"
#include "cli/stored_report.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 400 };

static const option options[] = {
    RENDERING_OPTIONS,
    {0, "only", "CHAPTER", OPTION_TEXT, offsetof(settings, only), 0, 0, NULL,
     SAID("one chapter (text, html)", "只输出一章（text、html）", "只輸出一章（text、html）")},
    {0, "summary", NULL, OPTION_FLAG, offsetof(settings, summary), 0, 0, NULL,
     SAID("what the figures say, alone (text)", "只输出结论摘要（text）", "只輸出結論摘要（text）")},
    {0, "width", "N", OPTION_COUNT, offsetof(settings, width), WIDTH_MIN, WIDTH_MAX, NULL,
     SAID("columns of the page (text)", "页宽（列数，text）", "頁寬（欄數，text）")},
    {0, "bom", NULL, OPTION_FLAG, offsetof(settings, bom), 0, 0, NULL,
     SAID("begin with a byte-order mark, for Excel (csv)", "以字节顺序标记开头，供 Excel 使用（csv）",
          "以位元組順序標記開頭，供 Excel 使用（csv）")},
};

static status render(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  buf document;
  buf_init(&document);
  status st = rendering_check_choices(s, err);
  if (st == STATUS_OK) {
    st = stored_report_write(s, operands[0], rendering_write, &document, err);
  }
  buf_fini(&document);
  return st;
}

const subcommand subcommand_render = {
    .name = "render",
    .summary = SAID("write a saved report in another form", "将已保存的报告输出为其他形式",
                    "將已儲存的報告輸出為其他形式"),
    .usage = "[OPTIONS] FILE",
    .about = SAID("Writes a report in any form, language and width, without its data.\n"
                  "FILE: a report that was written with --format json; - is standard input.\n"
                  "CHAPTER: one that the report has, by its name; an unknown one lists them.\n",
                  "以任意形式、语言和宽度输出报告，无需原始数据。\n"
                  "FILE：以 --format json 写出的报告；- 为标准输入。\n"
                  "CHAPTER：报告中某一章的名称；名称有误时会列出全部。\n",
                  "以任意形式、語言和寬度輸出報告，無需原始資料。\n"
                  "FILE：以 --format json 寫出的報告；- 為標準輸入。\n"
                  "CHAPTER：報告中某一章的名稱；名稱有誤時會列出全部。\n"),
    .example =
        "canvass render report.json --format html -o report.html\n"
        "canvass render report.json --summary\n"
        "canvass render report.json --only drivers --lang zh\n"
        "canvass render report.json --format csv --bom -o report.csv\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a saved report",
    .run = render,
};
