/* Filling the {places} of sentences. */
#include "report/sentence.h"

#include <string.h>

/* The text of place NAME, or false when there is none. */
typedef bool place_function(const void *context, slice name, slice *text);

/* Of "one:many" what fits COUNT. */
static slice choose(slice count, slice forms) {
  const char *colon = memchr(forms.bytes, ':', forms.length);
  const size_t one = colon != NULL ? (size_t)(colon - forms.bytes) : forms.length;
  const size_t used = colon != NULL ? one + 1 : one;
  return slice_equal(count, slice_of("1")) ? (slice){forms.bytes, one}
                                           : (slice){forms.bytes + used, forms.length - used};
}

static void fill(const char *pattern, place_function *find, const void *context, buf *out) {
  for (const char *at = pattern; *at != '\0';) {
    const char *open = strchr(at, '{');
    const char *close = open == NULL ? NULL : strchr(open, '}');
    if (close == NULL) {
      buf_put(out, at, strlen(at));
      return;
    }
    buf_put(out, at, (size_t)(open - at));
    const slice place = {open + 1, (size_t)(close - open - 1)};
    const char *mark = memchr(place.bytes, '?', place.length);
    slice text = {open, (size_t)(close - open + 1)};
    if (mark == NULL) {
      (void)find(context, place, &text);
    } else if (find(context, (slice){place.bytes, (size_t)(mark - place.bytes)}, &text)) {
      text = choose(text, (slice){mark + 1, (size_t)(close - mark - 1)});
    }
    buf_put(out, text.bytes, text.length);
    at = close + 1;
  }
}

static slice finish(const document *d, buf *text) {
  slice copy = arena_slice(d->memory, (slice){(const char *)text->data, text->length});
  buf_fini(text);
  return copy;
}

typedef struct place_list {
  const sentence_place *places;
  size_t count;
} place_list;

static bool find_in_list(const void *context, slice name, slice *text) {
  const place_list *list = context;
  for (size_t i = 0; i < list->count; i++) {
    if (slice_equal(name, slice_of(list->places[i].name))) {
      *text = list->places[i].text;
      return true;
    }
  }
  return false;
}

slice sentence_fill(const document *d, const char *pattern, const sentence_place *places, size_t count) {
  buf text;
  buf_init(&text);
  fill(pattern, find_in_list, &(place_list){places, count}, &text);
  return finish(d, &text);
}

typedef struct remark_detail {
  const document *d;
  const json *detail;
} remark_detail;

static bool find_in_detail(const void *context, slice name, slice *text) {
  const remark_detail *r = context;
  const char *key = arena_copy(r->d->memory, name);
  if (key == NULL) {
    return false;
  }
  *text = figure_alone(r->d, key, json_get(r->detail, key), r->detail);
  const term *t = term_find(key);
  if (t != NULL && t->format == TERM_GROUP && text->length > 0) { /* beside what it limits: "q1 (sex: f)" */
    const sentence_place group = {"group", *text};
    *text = sentence_fill(r->d, word_text(WORD_OF_GROUP, r->d->language), &group, 1);
  }
  return true;
}

static bool starts_with_any(slice text, const char *const *marks, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const size_t length = strlen(marks[i]);
    if (text.length >= length && memcmp(text.bytes, marks[i], length) == 0) {
      return true;
    }
  }
  return false;
}

/* What no space stands before. */
static bool starts_with_mark(slice text) {
  static const char *const marks[] = {".", ",", ";", ":", "。", "，", "；", "：", "（"};
  return starts_with_any(text, marks, sizeof marks / sizeof marks[0]);
}

static bool ends_with_wide_bracket(const buf *text) {
  static const char *const marks[] = {"）"};
  const size_t length = strlen(marks[0]);
  return text->length >= length &&
         starts_with_any((slice){(const char *)text->data + text->length - length, length}, marks, 1);
}

/* Spaces that an empty place left: doubled, or before a closing mark; and those around wide brackets. */
static slice close_gaps(const document *d, slice text) {
  buf out;
  buf_init(&out);
  for (size_t i = 0; i < text.length; i++) {
    slice rest = {text.bytes + i + 1, text.length - i - 1};
    bool is_doubled = rest.length > 0 && rest.bytes[0] == ' ';
    if (text.bytes[i] != ' ' || !(is_doubled || starts_with_mark(rest) || ends_with_wide_bracket(&out))) {
      buf_put(&out, text.bytes + i, 1);
    }
  }
  return finish(d, &out);
}

slice sentence_remark(const document *d, const json *remark) {
  const char *code = json_as_cstring(json_get(remark, "code"));
  const term *t = term_find(code);
  if (t == NULL) {
    return document_display(d, slice_of(code));
  }
  buf text;
  buf_init(&text);
  fill(t->title[d->language], find_in_detail, &(remark_detail){d, json_get(remark, "detail")}, &text);
  return close_gaps(d, finish(d, &text));
}
