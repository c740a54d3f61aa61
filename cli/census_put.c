/* The findings of a census for readers, in three languages. */
#include <string.h>

#include "base/tidy.h"
#include "cli/census_show.h"
#include "cli/table.h"

enum { TEXTS_SHOWN = 5, TEXT_COLUMNS = 40, NAME_COLUMNS = 30 };

/* ---- Words --------------------------------------------------------------------------------------- */

typedef enum word {
  SAID_VARIABLE,
  SAID_ANSWERED,
  SAID_INVALID,
  SAID_UNDECLARED,
  SAID_MISSING,
  SAID_HEADING,
  SAID_WITHOUT,
  SAID_TEXTS_INVALID,
  SAID_TEXTS_UNDECLARED,
  SAID_TEXTS_MISSING,
  SAID_NEAR,
  SAID_MORE,
  SAID_UNMET,
  SAID_CONSTANT,
  SAID_REPEATED,
  SAID_PASTE,
  WORDS
} word;

static const char *const words[WORDS][LANGUAGES] = {
    [SAID_VARIABLE] = {"VARIABLE", "变量", "變數"},
    [SAID_ANSWERED] = {"ANSWERED", "已回答", "已回答"},
    [SAID_INVALID] = {"INVALID", "无效", "無效"},
    [SAID_UNDECLARED] = {"UNDECLARED", "未声明", "未宣告"},
    [SAID_MISSING] = {"MISSING", "缺失", "遺漏"},
    [SAID_HEADING] = {"Cells that differ from the codebook, the worst variable first:",
                      "与编码本不符的单元格（问题最多的变量在前）：",
                      "與編碼簿不符的儲存格（問題最多的變數在前）："},
    [SAID_WITHOUT] = {"variables without findings: ", "没有问题的变量数：", "沒有問題的變數數："},
    [SAID_TEXTS_INVALID] = {"invalid ", "无效：", "無效："},
    [SAID_TEXTS_UNDECLARED] = {"undeclared ", "未声明：", "未宣告："},
    [SAID_TEXTS_MISSING] = {"missing ", "缺失：", "遺漏："},
    [SAID_NEAR] = {"near ", "近似 ", "近似 "},
    [SAID_MORE] = {"further texts: ", "其他文本数：", "其他文字數："},
    [SAID_UNMET] = {"declared, and in no cell: ", "已声明但从未出现：", "已宣告但從未出現："},
    [SAID_CONSTANT] = {"all answers are ", "所有答案都是 ", "所有答案都是 "},
    [SAID_REPEATED] = {"occurs more than once: ", "重复出现：", "重複出現："},
    [SAID_PASTE] = {"to write in the codebook: ", "可写入编码本：", "可寫入編碼簿："},
};

typedef struct writing {
  buf *out;
  report_language language;
} writing;

static const char *say(const writing *w, word which) {
  return words[which][w->language];
}

/* ---- Which have findings ------------------------------------------------------------------------- */

static int64_t figure(const json *item, const char *key) {
  return json_as_integer(json_get(item, key));
}

static bool has_finding(const json *item) {
  return figure(item, "invalid") > 0 || figure(item, "undeclared") > 0 ||
         json_get(item, "repeated") != NULL || json_get(item, "constant") != NULL ||
         json_count(json_get(item, "unmet")) > 0;
}

static bool has_row(const json *item) {
  return has_finding(item) || figure(item, "missing") > 0;
}

/* ---- The table ----------------------------------------------------------------------------------- */

static void put_figure(table *t, const json *item, const char *key) {
  char count[TEXT_COUNT_BYTES];
  table_put(t, slice_of(text_of_count((uint64_t)figure(item, key), count)));
}

static status put_table(const writing *w, const json *cells, error *err) {
  const table_column columns[] = {{say(w, SAID_VARIABLE), false, NAME_COLUMNS},
                                  {say(w, SAID_ANSWERED), true, 0},
                                  {say(w, SAID_INVALID), true, 0},
                                  {say(w, SAID_UNDECLARED), true, 0},
                                  {say(w, SAID_MISSING), true, 0}};
  table t;
  table_init(&t, columns, sizeof columns / sizeof columns[0]);
  for (size_t i = 0; i < json_count(cells); i++) {
    const json *item = json_at(cells, i);
    if (has_row(item)) {
      table_put(&t, json_as_text(json_get(item, "variable")));
      put_figure(&t, item, "answered");
      put_figure(&t, item, "invalid");
      put_figure(&t, item, "undeclared");
      put_figure(&t, item, "missing");
    }
  }
  const status st = table_write(&t, w->out, err);
  table_fini(&t);
  return st;
}

/* ---- Below it ------------------------------------------------------------------------------------ */

static void put_text(const writing *w, slice text) {
  buf seen;
  buf_init(&seen);
  tidy_show(text, &seen);
  const slice all = {(const char *)seen.data, seen.length};
  const slice shown = text_fit(all, TEXT_COLUMNS);
  buf_printf(w->out, "“");
  buf_put_shown(w->out, shown);
  buf_printf(w->out, "%s”", shown.length < all.length ? "…" : "");
  buf_fini(&seen);
}

static void put_times(const writing *w, slice text, int64_t n) {
  char count[TEXT_COUNT_BYTES];
  put_text(w, text);
  buf_printf(w->out, " × %s", text_of_count((uint64_t)n, count));
}

/* `invalid “不清楚” × 78, “9” × 2, further texts: 4` */
static void put_texts(const writing *w, const json *item, const char *is, word before) {
  const json *texts = json_get(item, "texts");
  uint64_t found = 0;
  char count[TEXT_COUNT_BYTES];
  for (size_t i = 0; i < json_count(texts); i++) {
    const json *one = json_at(texts, i);
    if (strcmp(json_as_cstring(json_get(one, "is")), is) != 0 || found++ >= TEXTS_SHOWN) {
      continue;
    }
    buf_printf(w->out, "%s", found == 1 ? "  " : ", ");
    buf_printf(w->out, "%s", found == 1 ? say(w, before) : "");
    put_times(w, json_as_text(json_get(one, "text")), figure(one, "n"));
    if (json_get(one, "near") != NULL) {
      buf_printf(w->out, " (%s", say(w, SAID_NEAR));
      put_text(w, json_as_text(json_get(one, "near")));
      buf_printf(w->out, ")");
    }
  }
  if (found > TEXTS_SHOWN) {
    buf_printf(w->out, ", %s%s", say(w, SAID_MORE), text_of_count(found - TEXTS_SHOWN, count));
  }
  buf_printf(w->out, "%s", found > 0 ? "\n" : "");
}

static void put_unmet(const writing *w, const json *item) {
  const json *unmet = json_get(item, "unmet");
  const size_t count = json_count(unmet);
  char more[TEXT_COUNT_BYTES];
  for (size_t i = 0; i < count && i < TEXTS_SHOWN; i++) {
    buf_printf(w->out, "%s", i == 0 ? "  " : ", ");
    buf_printf(w->out, "%s", i == 0 ? say(w, SAID_UNMET) : "");
    put_text(w, json_as_text(json_get(json_at(unmet, i), "text")));
  }
  if (count > TEXTS_SHOWN) {
    buf_printf(w->out, ", %s%s", say(w, SAID_MORE), text_of_count(count - TEXTS_SHOWN, more));
  }
  buf_printf(w->out, "%s", count > 0 ? "\n" : "");
}

static void put_repeated(const writing *w, const json *item) {
  const json *repeated = json_get(item, "repeated");
  const json *first = json_get(repeated, "first");
  char more[TEXT_COUNT_BYTES];
  for (size_t i = 0; i < json_count(first) && i < TEXTS_SHOWN; i++) {
    buf_printf(w->out, "%s", i == 0 ? "  " : ", ");
    buf_printf(w->out, "%s", i == 0 ? say(w, SAID_REPEATED) : "");
    put_times(w, json_as_text(json_get(json_at(first, i), "value")), figure(json_at(first, i), "n"));
  }
  if (figure(repeated, "values") > TEXTS_SHOWN) {
    buf_printf(w->out, ", %s%s", say(w, SAID_MORE),
               text_of_count((uint64_t)figure(repeated, "values") - TEXTS_SHOWN, more));
  }
  buf_printf(w->out, "%s", repeated != NULL ? "\n" : "");
}

static void put_item(const writing *w, const json *item) {
  buf_put_shown(w->out, json_as_text(json_get(item, "variable")));
  buf_printf(w->out, ":\n");
  put_texts(w, item, "invalid", SAID_TEXTS_INVALID);
  put_texts(w, item, "undeclared", SAID_TEXTS_UNDECLARED);
  put_texts(w, item, "missing", SAID_TEXTS_MISSING);
  put_unmet(w, item);
  if (json_get(item, "constant") != NULL) {
    buf_printf(w->out, "  %s", say(w, SAID_CONSTANT));
    put_text(w, json_as_text(json_get(item, "constant")));
    buf_printf(w->out, "\n");
  }
  put_repeated(w, item);
  const json *paste = json_get(item, "paste");
  for (size_t i = 0; i < json_count(paste); i++) {
    buf_printf(w->out, "  %s", say(w, SAID_PASTE));
    buf_put_shown(w->out, json_as_text(json_at(paste, i)));
    buf_printf(w->out, "\n");
  }
}

status census_put(const json *cells, report_language language, buf *out, error *err) {
  const writing w = {out, language};
  uint64_t with = 0;
  for (size_t i = 0; i < json_count(cells); i++) {
    with += has_row(json_at(cells, i));
  }
  if (with == 0) {
    return STATUS_OK;
  }
  char count[TEXT_COUNT_BYTES];
  buf_printf(out, "\n%s\n", say(&w, SAID_HEADING));
  TRY(put_table(&w, cells, err));
  if (with < json_count(cells)) {
    buf_printf(out, "%s%s\n", say(&w, SAID_WITHOUT), text_of_count(json_count(cells) - with, count));
  }
  for (size_t i = 0; i < json_count(cells); i++) {
    const json *item = json_at(cells, i);
    if (has_finding(item) || json_count(json_get(item, "texts")) > 0) {
      put_item(&w, item);
    }
  }
  buf_printf(out, "\n");
  return STATUS_OK;
}
