/* Fetches a list, selects from it, prints it. */
#include "cli/listing.h"

#include <time.h>

#include "base/text.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/words.h"

/* ---- Cells --------------------------------------------------------------------------------------- */

uint64_t listing_figure(const json *item, const char *key) {
  const int64_t v = json_as_integer(json_get(item, key));
  return v < 0 ? 0 : (uint64_t)v;
}

uint64_t listing_figure_or(const listed *l, const char *key, uint64_t value) {
  return json_get(l->answer, key) != NULL ? listing_figure(l->answer, key) : value;
}

void listing_put_text(table *t, const json *item, const char *key) {
  table_put(t, json_as_text(json_get(item, key)));
}

void listing_put_count(table *t, const json *item, const char *key) {
  char words[WORDS_BYTES];
  words_of_count(listing_figure(item, key), words);
  table_put(t, slice_of(words));
}

void listing_put_since(table *t, const json *item, const char *key) {
  char words[WORDS_BYTES];
  words_of_age((int64_t)time(NULL) - json_as_integer(json_get(item, key)), words);
  table_put(t, slice_of(words));
}

/* ---- Choosing ------------------------------------------------------------------------------------ */

static status choose(const settings *s, const listing *l, const buf *text, arena *memory, listed *out,
                     error *err) {
  json *document = NULL;
  TRY(json_parse(memory, (slice){(const char *)text->data, text->length}, "the broker's list", &document,
                 err));
  *out = (listed){.answer = document, .all = json_get(document, l->what)};
  out->count = json_count(out->all);
  out->items = ARENA_ARRAY(memory, const json *, out->count + 1);
  if (out->items == NULL) {
    return error_no_memory(err, "the list");
  }
  for (size_t i = 0; i < out->count; i++) {
    out->items[i] = json_at(out->all, i);
  }
  if (l->choose != NULL) {
    l->choose(s, out);
  }
  return STATUS_OK;
}

/* ---- Printing ------------------------------------------------------------------------------------ */

static void say_none(const listing *l, const listed *items) {
  const uint64_t in_all = listing_figure_or(items, "in_all", json_count(items->all));
  if (in_all == 0) {
    output_complain("%s", language_said(l->none));
  } else if (in_all == 1) {
    output_complain("%s", language_say("the only one that there is does not match", "仅有的一个不匹配",
                                       "僅有的一個不符合"));
  } else {
    char count[TEXT_COUNT_BYTES];
    output_complain(language_say("none of %s %s matches", "%s 个%s中没有匹配的", "%s 個%s中沒有符合的"),
                    text_of_count(in_all, count), language_said(l->noun));
  }
}

static status print_table(const listing *l, const listed *items, error *err) {
  if (items->count == 0) {
    say_none(l, items);
    return STATUS_OK;
  }
  table t;
  buf out;
  table_column columns[LISTING_COLUMNS_MAX];
  buf_init(&out);
  for (size_t i = 0; i < l->columns_count; i++) {
    const listing_column *c = &l->columns[i];
    columns[i] = (table_column){language_said(c->heading), c->is_figure, c->widest};
  }
  table_init(&t, columns, l->columns_count);
  l->fill(&t, items);
  status st = table_write(&t, &out, err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &out, err);
  }
  if (st == STATUS_OK && items->left_out > 0) {
    char count[TEXT_COUNT_BYTES];
    output_complain(
        language_say(text_plural(items->left_out, "%s of the %s is not shown; --limit %zu shows all",
                                 "%s more %s; --limit %zu shows all"),
                     "另有 %s 个%s；--limit %zu 显示全部", "另有 %s 個%s；--limit %zu 顯示全部"),
        text_of_count(items->left_out, count), language_said(l->noun), items->count + items->left_out);
  }
  table_fini(&t);
  buf_fini(&out);
  return st;
}

/* The items are the broker's, and so is their enclosing form. */
static status print_chosen(const listing *l, const listed *items, error *err) {
  buf out;
  buf_init(&out);
  buf_printf(&out, "{\"%s\":[", l->what);
  for (size_t i = 0; i < items->count; i++) {
    buf_put(&out, ",", i > 0);
    json_write(items->items[i], &out);
  }
  buf_printf(&out, "]}");
  const status st = output_json(&out, "the list", err);
  buf_fini(&out);
  return st;
}

static status print(const settings *s, const listing *l, const buf *text, arena *memory, error *err) {
  if (s->json && l->choose == NULL) {
    return output_json(text, "the list", err);
  }
  listed items;
  TRY(choose(s, l, text, memory, &items, err));
  return s->json ? print_chosen(l, &items, err) : print_table(l, &items, err);
}

status listing_print(const settings *s, const listing *l, error *err) {
  session *link = NULL;
  TRY(link_open(s, &link, err));
  buf text;
  buf_init(&text);
  arena *memory = arena_new();
  status st = memory == NULL   ? error_no_memory(err, "the list")
              : l->ask != NULL ? l->ask(link, s, &text, err)
                               : session_list(link, l->what, &text, err);
  if (st == STATUS_OK) {
    st = print(s, l, &text, memory, err);
  }
  arena_destroy(memory);
  buf_fini(&text);
  session_close(link);
  return st;
}
