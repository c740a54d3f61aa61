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
  SAID_MISSING,
  SAID_BASE,
  SAID_UNDECLARED,
  SAID_CELLS,
  SAID_HEADING,
  SAID_WITHOUT,
  SAID_NEAR,
  SAID_NEAR_END,
  SAID_QUOTE,
  SAID_QUOTE_END,
  SAID_COMMA,
  SAID_COLON,
  SAID_MORE,
  SAID_MORE_TEXTS,
  SAID_ONE_TEXT,
  SAID_ONE_TEXT_ONCE,
  SAID_MANY_TEXTS,
  SAID_UNMET,
  SAID_CONSTANT,
  SAID_REPEATED,
  SAID_PASTE,
  SAID_PASTE_ENTRY,
  SAID_IN_ENTRY,
  SAID_IN_PLACE,
  SAID_RANGE,
  SAID_ASKED_MORE,
  WORDS
} word;

static const char *const words[WORDS][LANGUAGES] = {
    [SAID_VARIABLE] = {"VARIABLE", "变量", "變數"},
    [SAID_ANSWERED] = {"ANSWERED", "已回答", "已回答"},
    [SAID_INVALID] = {"INVALID", "无效", "無效"},
    [SAID_MISSING] = {"MISSING", "缺失", "遺漏"},
    [SAID_BASE] = {"OF", "合计", "合計"},
    [SAID_UNDECLARED] = {"UNDECLARED", "未声明", "未宣告"},
    [SAID_CELLS] = {" cells", " 个单元格", " 個儲存格"},
    [SAID_HEADING] =
        {"Cells that differ from the codebook, the worst variable first (rows; cells where each "
         "option has a column):",
         "与编码本不符的单元格（问题最多的变量在前；按行计数，每个选项各占一列时按单元格计数）：",
         "與編碼簿不符的儲存格（問題最多的變數在前；按列計數，每個選項各佔一欄時按儲存格計數）："},
    [SAID_WITHOUT] = {"variables without findings: ", "没有问题的变量数：", "沒有問題的變數數："},
    [SAID_NEAR] = {" (near ", "（近似 ", "（近似 "},
    [SAID_NEAR_END] = {")", "）", "）"},
    [SAID_QUOTE] = {"“", "“", "「"},
    [SAID_QUOTE_END] = {"”", "”", "」"},
    [SAID_COMMA] = {", ", "、", "、"},
    [SAID_COLON] = {":", "：", "："},
    [SAID_MORE] = {"further ones: ", "其他：", "其他："},
    [SAID_MORE_TEXTS] = {", and %s more texts in %s cells", "，另有 %s 种文本，共 %s 个单元格",
                         "，另有 %s 種文字，共 %s 個儲存格"},
    [SAID_ONE_TEXT] = {", and %s more text in %s cells", "，另有 %s 种文本，共 %s 个单元格",
                       "，另有 %s 種文字，共 %s 個儲存格"},
    [SAID_ONE_TEXT_ONCE] = {", and %s more text in %s cell", "，另有 %s 种文本，共 %s 个单元格",
                            "，另有 %s 種文字，共 %s 個儲存格"},
    [SAID_MANY_TEXTS] = {", and more than %s more texts in %s cells", "，另有超过 %s 种文本，共 %s 个单元格",
                         "，另有超過 %s 種文字，共 %s 個儲存格"},
    [SAID_UNMET] = {"declared, and in no cell: ", "已声明但从未出现：", "已宣告但從未出現："},
    [SAID_CONSTANT] = {"all answers are ", "所有答案都是 ", "所有答案都是 "},
    [SAID_REPEATED] = {"occurs more than once: ", "重复出现：", "重複出現："},
    [SAID_PASTE] = {"to write in the codebook: ", "可写入编码本：", "可寫入編碼簿："},
    [SAID_PASTE_ENTRY] = {"to write in %s: ", "可写入 %s：", "可寫入 %s："},
    [SAID_IN_ENTRY] = {" (in %s)", "（位于 %s）", "（位於 %s）"},
    [SAID_IN_PLACE] = {" (in place of %s)", "（替换 %s）", "（取代 %s）"},
    [SAID_RANGE] = {"; or is the range %s wrong?", "；或者取值范围 %s 有误？", "；或者取值範圍 %s 有誤？"},
    [SAID_ASKED_MORE] = {"; further texts: %s", "；其他文本：%s 种", "；其他文字：%s 種"},
};

/* What texts are, in the order in which they are told, and what stands before them. */
static const struct kind_of_text {
  const char *is;
  bool only_near; /* of write-ins, which can be many, those that may be misspellings */
  const char *before[LANGUAGES];
} kinds_of_text[] = {
    {"invalid", false, {"invalid ", "无效：", "無效："}},
    {"unknown_option",
     false,
     {"options that are not declared, which make cells invalid: ", "未声明、使单元格无效的选项：",
      "未宣告、使儲存格無效的選項："}},
    {"repeated_option",
     false,
     {"ranked twice, which makes cells invalid: ", "重复排序、使单元格无效的选项：",
      "重複排序、使儲存格無效的選項："}},
    {"undeclared", false, {"undeclared ", "未声明：", "未宣告："}},
    {"write_in",
     true,
     {"counted as written instead of an option, but near one: ", "计为自填内容，但与某个选项近似：",
      "計為自填內容，但與某個選項近似："}},
    {"missing", false, {"missing ", "缺失：", "遺漏："}},
};

/* What only the reader can decide; %s is a date format. */
static const struct question {
  const char *why;
  const char *sentence[LANGUAGES];
} sentences[] = {
    {"words_are_codes",
     {"words that are answers need their codes", "表示答案的文字需要写明代码", "表示答案的文字需要寫明代碼"}},
    {"codes_are_missing",
     {"codes that are not answers need a reason", "不是答案的代码需要写明原因",
      "不是答案的代碼需要寫明原因"}},
    {"numbers_are_dressed",
     {"units and marks around numbers are read where they are declared; this reads most of them",
      "数值前后的单位与千分位符声明后才读取；此行可读取其中大部分",
      "數值前後的單位與千分位符宣告後才讀取；此行可讀取其中大部分"}},
    {"words_are_numbers",
     {"words that stand for numbers need their numbers", "表示数值的文字需要写明数值",
      "表示數值的文字需要寫明數值"}},
    {"percents_beside_numbers",
     {"some numbers have a per cent sign and others have none; 50% is read as 50: make them alike in the "
      "file "
      "where 0.5 is meant, or say that all are per cent",
      "有的数带百分号，有的不带；50% 读作 50：若 0.5 与 50% 同义，请在文件中统一；若都是百分数，请写明",
      "有的數帶百分號，有的不帶；50% 讀作 50：若 0.5 與 50% 同義，請在檔案中統一；若都是百分數，請寫明"}},
    {"percents_beside_codes",
     {"some codes have a per cent sign and others have none; 50% is read as 50: make them alike in the file",
      "有的代码带百分号，有的不带；50% 读作 50：请在文件中统一",
      "有的代碼帶百分號，有的不帶；50% 讀作 50：請在檔案中統一"}},
    {"numbers_are_missing",
     {"numbers that are not answers need a reason", "不是答案的数值需要写明原因",
      "不是答案的數值需要寫明原因"}},
    {"texts_are_values",
     {"other spellings need their value; or add them to `values`, or write `closed: false`",
      "其他写法需要写明对应的值；也可加入 values，或写 closed: false",
      "其他寫法需要寫明對應的值；也可加入 values，或寫 closed: false"}},
    {"options_are_values",
     {"other spellings need their option; or add them to `values`, or name an `other`",
      "其他写法需要写明对应的选项；也可加入 values，或写 other",
      "其他寫法需要寫明對應的選項；也可加入 values，或寫 other"}},
    {"options_repeated",
     {"a ranking has each option once; correct those cells in the file",
      "排序题中每个选项只能出现一次；请在文件中更正", "排序題中每個選項只能出現一次；請在檔案中更正"}},
    {"dates",
     {"not dates of that format; is `format: %s` correct?", "不符合日期格式；format: %s 是否正确？",
      "不符合日期格式；format: %s 是否正確？"}},
    {"dates_in_range",
     {"not dates of that format, or outside the range; is `format: %s` correct?",
      "不符合日期格式，或超出取值范围；format: %s 是否正确？",
      "不符合日期格式，或超出取值範圍；format: %s 是否正確？"}},
    {"texts_are_flags",
     {"each column holds 0 and 1; other texts need one of them, or write `chosen: any`",
      "每列应为 0 或 1；其他文字需要写明是哪一个，也可写 chosen: any",
      "每欄應為 0 或 1；其他文字需要寫明是哪一個，也可寫 chosen: any"}},
    {"weights_are_missing",
     {"rows without a weight are not used; name those that are intentional",
      "没有权重的记录不会使用；有意为之的请写明", "沒有權重的紀錄不會使用；有意為之的請寫明"}},
    {"weights_wrong",
     {"a weight is a number above 0; correct the others in the file",
      "权重应为大于 0 的数；其他的请在文件中更正", "權重應為大於 0 的數；其他的請在檔案中更正"}},
};

typedef struct writing {
  buf *out;
  report_language language;
} writing;

static const char *say(const writing *w, word which) {
  return words[which][w->language];
}

/* PATTERN with FILLINGS, one after the other, in place of its %s. */
static void put_filled(const writing *w, const char *pattern, const char *const *fillings) {
  for (const char *at = pattern; *at != '\0'; at++) {
    if (at[0] == '%' && at[1] == 's') {
      buf_put_shown(w->out, slice_of(*fillings++));
      at++;
    } else {
      buf_put_u8(w->out, (uint8_t)*at);
    }
  }
}

static void put_with(const writing *w, const char *pattern, const char *filling) {
  put_filled(w, pattern, &filling);
}

/* ---- Which have findings ------------------------------------------------------------------------- */

static int64_t figure(const json *item, const char *key) {
  return json_as_integer(json_get(item, key));
}

/* Texts of cells that are told: write-ins only where they may be misspellings of options.  IS: of one kind.
 */
static bool has_text_told(const json *item, const char *is) {
  const json *texts = json_get(item, "texts");
  for (size_t i = 0; i < json_count(texts); i++) {
    const json *one = json_at(texts, i);
    const char *kind = json_as_cstring(json_get(one, "is"));
    if ((is == NULL || strcmp(kind, is) == 0) &&
        (json_get(one, "near") != NULL || strcmp(kind, "write_in") != 0)) {
      return true;
    }
  }
  return false;
}

static bool has_finding(const json *item) {
  return figure(item, "invalid") > 0 || figure(item, "undeclared") > 0 || has_text_told(item, "write_in") ||
         json_get(item, "repeated") != NULL || json_get(item, "constant") != NULL ||
         figure(item, "percents") > 0 || json_count(json_get(item, "unmet")) > 0;
}

static bool has_row(const json *item) {
  return has_finding(item) || figure(item, "missing") > 0;
}

/* ---- The table ----------------------------------------------------------------------------------- */

static void put_figure(table *t, const json *item, const char *key) {
  char count[TEXT_COUNT_BYTES];
  table_put(t, slice_of(text_of_count((uint64_t)figure(item, key), count)));
}

/* "24 cells": the sum of the figures before it. */
static void put_base(const writing *w, table *t, const json *item) {
  char count[TEXT_COUNT_BYTES];
  const bool has_cells = strcmp(json_as_cstring(json_get(item, "unit")), "cells") == 0;
  table_printf(t, "%s%s", text_of_count((uint64_t)figure(item, "base"), count),
               has_cells ? say(w, SAID_CELLS) : "");
}

static status put_table(const writing *w, const json *cells, error *err) {
  const table_column columns[] = {{say(w, SAID_VARIABLE), false, NAME_COLUMNS},
                                  {say(w, SAID_ANSWERED), true, 0},
                                  {say(w, SAID_INVALID), true, 0},
                                  {say(w, SAID_MISSING), true, 0},
                                  {say(w, SAID_BASE), true, 0},
                                  {say(w, SAID_UNDECLARED), true, 0}};
  table t;
  table_init(&t, columns, sizeof columns / sizeof columns[0]);
  for (size_t i = 0; i < json_count(cells); i++) {
    const json *item = json_at(cells, i);
    if (has_row(item)) {
      table_put(&t, json_as_text(json_get(item, "variable")));
      put_figure(&t, item, "answered");
      put_figure(&t, item, "invalid");
      put_figure(&t, item, "missing");
      put_base(w, &t, item);
      put_figure(&t, item, "undeclared");
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
  buf_printf(w->out, "%s", say(w, SAID_QUOTE));
  buf_put_shown(w->out, shown);
  buf_printf(w->out, "%s%s", shown.length < all.length ? "…" : "", say(w, SAID_QUOTE_END));
  buf_fini(&seen);
}

static void put_times(const writing *w, slice text, int64_t n) {
  char count[TEXT_COUNT_BYTES];
  put_text(w, text);
  buf_printf(w->out, " × %s", text_of_count((uint64_t)n, count));
}

/* `, and 4 more texts in 12 cells`: those that are not shown, and those that are not even listed. */
static void put_more(const writing *w, uint64_t texts, uint64_t cells, const json *unlisted) {
  char counts[2][TEXT_COUNT_BYTES];
  texts += (uint64_t)json_as_integer(json_get(unlisted, "texts"));
  cells += (uint64_t)json_as_integer(json_get(unlisted, "n"));
  if (cells > 0) {
    const bool is_complete = unlisted == NULL || json_as_bool(json_get(unlisted, "complete"));
    const char *shown[] = {text_of_count(texts, counts[0]), text_of_count(cells, counts[1])};
    const bool is_one[] = {texts == 1, cells == 1};
    const word pattern = !is_complete ? SAID_MANY_TEXTS
                         : !is_one[0] ? SAID_MORE_TEXTS
                         : is_one[1]  ? SAID_ONE_TEXT_ONCE
                                      : SAID_ONE_TEXT;
    put_filled(w, say(w, pattern), shown);
  }
}

/* `invalid “不清楚” × 78, “9” × 2, and 4 more texts in 12 cells` */
static void put_texts(const writing *w, const json *item, const struct kind_of_text *kind) {
  const json *texts = json_get(item, "texts");
  uint64_t found = 0;
  uint64_t more_texts = 0;
  uint64_t more_cells = 0;
  for (size_t i = 0; i < json_count(texts); i++) {
    const json *one = json_at(texts, i);
    if (strcmp(json_as_cstring(json_get(one, "is")), kind->is) != 0 ||
        (kind->only_near && json_get(one, "near") == NULL)) {
      continue;
    }
    if (found++ >= TEXTS_SHOWN) {
      more_texts++;
      more_cells += (uint64_t)figure(one, "n");
      continue;
    }
    buf_printf(w->out, "%s", found == 1 ? "  " : say(w, SAID_COMMA));
    buf_printf(w->out, "%s", found == 1 ? kind->before[w->language] : "");
    put_times(w, json_as_text(json_get(one, "text")), figure(one, "n"));
    if (json_get(one, "near") != NULL) {
      buf_printf(w->out, "%s", say(w, SAID_NEAR));
      put_text(w, json_as_text(json_get(one, "near")));
      buf_printf(w->out, "%s", say(w, SAID_NEAR_END));
    }
  }
  if (found > 0) {
    put_more(w, more_texts, more_cells, kind->only_near ? NULL : json_get(json_get(item, "more"), kind->is));
    buf_printf(w->out, "\n");
  }
}

static void put_unmet(const writing *w, const json *item) {
  const json *unmet = json_get(item, "unmet");
  const size_t count = json_count(unmet);
  char more[TEXT_COUNT_BYTES];
  for (size_t i = 0; i < count && i < TEXTS_SHOWN; i++) {
    buf_printf(w->out, "%s", i == 0 ? "  " : say(w, SAID_COMMA));
    buf_printf(w->out, "%s", i == 0 ? say(w, SAID_UNMET) : "");
    put_text(w, json_as_text(json_get(json_at(unmet, i), "text")));
  }
  if (count > TEXTS_SHOWN) {
    buf_printf(w->out, "%s%s%s", say(w, SAID_COMMA), say(w, SAID_MORE),
               text_of_count(count - TEXTS_SHOWN, more));
  }
  buf_printf(w->out, "%s", count > 0 ? "\n" : "");
}

static void put_repeated(const writing *w, const json *item) {
  const json *repeated = json_get(item, "repeated");
  const json *first = json_get(repeated, "first");
  char more[TEXT_COUNT_BYTES];
  for (size_t i = 0; i < json_count(first) && i < TEXTS_SHOWN; i++) {
    buf_printf(w->out, "%s", i == 0 ? "  " : say(w, SAID_COMMA));
    buf_printf(w->out, "%s", i == 0 ? say(w, SAID_REPEATED) : "");
    put_times(w, json_as_text(json_get(json_at(first, i), "value")), figure(json_at(first, i), "n"));
  }
  if (figure(repeated, "values") > TEXTS_SHOWN) {
    buf_printf(w->out, "%s%s%s", say(w, SAID_COMMA), say(w, SAID_MORE),
               text_of_count((uint64_t)figure(repeated, "values") - TEXTS_SHOWN, more));
  }
  buf_printf(w->out, "%s", repeated != NULL ? "\n" : "");
}

/* `codes that are not answers need a reason: missing: {"7": other}; or is the range [1, 5] wrong?` */
static void put_question(const writing *w, const json *question, const char *entry) {
  const char *why = json_as_cstring(json_get(question, "why"));
  const char *fill = json_as_cstring(json_get(question, "fill"));
  const char *range = json_as_cstring(json_get(question, "range"));
  char more[TEXT_COUNT_BYTES];
  for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
    if (strcmp(sentences[i].why, why) == 0) {
      buf_printf(w->out, "  ");
      put_with(w, sentences[i].sentence[w->language], json_as_cstring(json_get(question, "format")));
    }
  }
  if (fill[0] != '\0') {
    put_with(w, say(w, SAID_IN_PLACE), fill);
  }
  if (json_get(question, "line") != NULL) {
    put_with(w, entry[0] != '\0' ? say(w, SAID_IN_ENTRY) : "", entry);
    buf_printf(w->out, "%s%s", say(w, SAID_COLON), w->language == REPORT_EN ? " " : "");
    buf_put_shown(w->out, json_as_text(json_get(question, "line")));
  }
  if (range[0] != '\0') {
    put_with(w, say(w, SAID_RANGE), range);
  }
  if (figure(question, "more") > 0) {
    put_with(w, say(w, SAID_ASKED_MORE), text_of_count((uint64_t)figure(question, "more"), more));
  }
  buf_printf(w->out, "\n");
}

static void put_item(const writing *w, const json *item) {
  buf_put_shown(w->out, json_as_text(json_get(item, "variable")));
  buf_printf(w->out, "%s\n", say(w, SAID_COLON));
  for (size_t i = 0; i < sizeof kinds_of_text / sizeof kinds_of_text[0]; i++) {
    put_texts(w, item, &kinds_of_text[i]);
  }
  put_unmet(w, item);
  if (json_get(item, "constant") != NULL) {
    buf_printf(w->out, "  %s", say(w, SAID_CONSTANT));
    put_text(w, json_as_text(json_get(item, "constant")));
    buf_printf(w->out, "\n");
  }
  put_repeated(w, item);
  const json *paste = json_get(item, "paste");
  const char *entry = json_as_cstring(json_get(item, "entry"));
  for (size_t i = 0; i < json_count(paste); i++) {
    buf_printf(w->out, "  ");
    put_with(w, say(w, entry[0] != '\0' ? SAID_PASTE_ENTRY : SAID_PASTE), entry);
    buf_put_shown(w->out, json_as_text(json_at(paste, i)));
    buf_printf(w->out, "\n");
  }
  const json *ask = json_get(item, "ask");
  for (size_t i = 0; i < json_count(ask); i++) {
    put_question(w, json_at(ask, i), entry);
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
    if (has_finding(item) || has_text_told(item, NULL)) {
      put_item(&w, item);
    }
  }
  buf_printf(out, "\n");
  return STATUS_OK;
}
