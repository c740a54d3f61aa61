/* Rows pass from the session to the file part by part, and are counted on their way. */
#include "cli/rows_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/rows_tally.h"
#include "cli/words.h"

enum { COLUMNS_TOLD = 8 };

typedef struct writing {
  output_stream out;
  rows_tally tally;
  progress progress;
} writing;

status rows_file_check(const settings *s, error *err) {
  return s->json && output_is_standard(s->output)
             ? error_set(err, STATUS_USAGE,
                         "--json describes on standard output what was written; give the rows a file with "
                         "--output")
             : STATUS_OK;
}

static status take_part(void *context, uint64_t part, uint64_t parts, slice bytes, error *err) {
  writing *w = context;
  if (interrupt_requested()) {
    return error_set(err, STATUS_INTERRUPTED, "interrupted");
  }
  TRY(rows_tally_add(&w->tally, bytes, err));
  progress_show(&w->progress, language_say("Writing rows", "正在写入行", "正在寫入列"), 0, w->tally.rows,
                part + 1, parts);
  return output_stream_put(&w->out, bytes, err);
}

/* ---- Telling --------------------------------------------------------------------------------------- */

static status tell_program(const rows_tally *t, error *err) {
  arena *memory = arena_new();
  buf text;
  buf_init(&text);
  json *told = memory == NULL ? NULL : json_object(memory);
  json *columns = memory == NULL ? NULL : json_array(memory);
  for (size_t i = 0; i < t->columns_count && memory != NULL; i++) {
    json *column = json_object(memory);
    json_set_text(column, "title", t->columns[i].title);
    json_set_integer(column, "empty", (int64_t)t->columns[i].empty);
    json_set_integer(column, "formulas", (int64_t)t->columns[i].formulas);
    json_push(columns, column);
  }
  json_set_integer(told, "rows", (int64_t)t->rows);
  json_set_integer(told, "bytes", (int64_t)t->bytes);
  json_set(told, "columns", columns);
  json_write(told, &text);
  const status st = memory == NULL || arena_failed(memory) ? error_no_memory(err, "what was written")
                                                           : output_json(&text, "what was written", err);
  buf_fini(&text);
  arena_destroy(memory);
  return st;
}

static void tell_column(const rows_column *c) {
  char count[WORDS_BYTES];
  if (c->empty > 0) {
    words_of_count(c->empty, count);
    output_complain(language_say(text_plural(c->empty, "%s: empty in %s row", "%s: empty in %s rows"),
                                 "%s：%s 行为空", "%s：%s 列為空"),
                    c->title, count);
  }
  if (c->formulas > 0) {
    words_of_count(c->formulas, count);
    output_complain(
        language_say(
            text_plural(
                c->formulas,
                "%s: %s cell begins with =, +, - or @, which a spreadsheet takes for a formula; `rows: "
                "{formulas: guard}` puts an apostrophe before it",
                "%s: %s cells begin with =, +, - or @, which a spreadsheet takes for formulas; `rows: "
                "{formulas: guard}` puts an apostrophe before them"),
            "%s：%s 个单元格以 =、+、- 或 @ 开头，电子表格会视为公式；`rows: {formulas: guard}` "
            "会在前面加上撇号",
            "%s：%s 個儲存格以 =、+、- 或 @ 開頭，試算表會視為公式；`rows: {formulas: guard}` "
            "會在前面加上撇號"),
        c->title, count);
  }
}

static void tell_user(const rows_tally *t) {
  char rows[WORDS_BYTES];
  words_of_count(t->rows, rows);
  output_complain(language_say(text_plural(t->rows, "%s row, %zu columns", "%s rows, %zu columns"),
                               "%s 行，%zu 列", "%s 列，%zu 欄"),
                  rows, t->columns_count);
  size_t told = 0;
  size_t left = 0;
  for (size_t i = 0; i < t->columns_count; i++) {
    const rows_column *c = &t->columns[i];
    if (rows_column_is_reason(t, i) || c->empty + c->formulas == 0) {
      continue;
    }
    if (told < COLUMNS_TOLD) {
      tell_column(c);
      told++;
    } else {
      left++;
    }
  }
  if (left > 0) {
    output_complain(language_say("empty cells or formulas are in %zu more of the columns; --json counts all",
                                 "另有 %zu 列含空单元格或公式；--json 给出全部计数",
                                 "另有 %zu 欄含空儲存格或公式；--json 列出全部計數"),
                    left);
  }
}

/* ---- Writing --------------------------------------------------------------------------------------- */

static status write_parts(writing *w, const settings *s, session *link, const char *job, error *err) {
  const session_rows_taker to = {take_part, w};
  TRY(output_stream_open(s->output, &w->out, err));
  const status st = session_rows(link, job, &to, err);
  progress_clear(&w->progress);
  if (st != STATUS_OK) {
    output_stream_abandon(&w->out);
    return st;
  }
  return output_stream_finish(&w->out, err);
}

status rows_file_write(const settings *s, session *link, const char *job, error *err) {
  writing w;
  rows_tally_init(&w.tally);
  progress_init(&w.progress, s->quiet || s->json);
  status st = write_parts(&w, s, link, job, err);
  if (st == STATUS_OK && s->json) {
    st = tell_program(&w.tally, err);
  } else if (st == STATUS_OK && !s->quiet) {
    tell_user(&w.tally);
  }
  rows_tally_fini(&w.tally);
  return st;
}
