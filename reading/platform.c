/* Signs, looked for one by one. */
#include "reading/platform.h"

#include <string.h>

#define PLATFORM(name) extern const platform platform_##name;
#include "reading/platforms.def"
#undef PLATFORM

static const platform *const platforms[] = {
#define PLATFORM(name) &platform_##name,
#include "reading/platforms.def"
#undef PLATFORM
};

enum { PLATFORMS = sizeof platforms / sizeof platforms[0] };

const platform *platform_at(size_t index) {
  return index < PLATFORMS ? platforms[index] : NULL;
}

static bool is_aside(char c) {
  return c == ' ' || c == '-' || c == '_' || c == '/' || c == '.';
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Do the letters agree? */
static bool reads_like(slice name, const char *other) {
  size_t at = 0;
  for (; *other != '\0'; other++) {
    while (at < name.length && is_aside(name.bytes[at])) {
      at++;
    }
    if (!is_aside(*other) && (at == name.length || lower(name.bytes[at++]) != lower(*other))) {
      return false;
    }
  }
  while (at < name.length && is_aside(name.bytes[at])) {
    at++;
  }
  return at == name.length;
}

const platform *platform_named(slice name) {
  for (size_t i = 0; i < PLATFORMS; i++) {
    const platform *p = platforms[i];
    bool found = reads_like(name, p->name) || reads_like(name, p->title);
    for (size_t k = 0; !found && p->aliases[k] != NULL; k++) {
      found = reads_like(name, p->aliases[k]);
    }
    if (found) {
      return p;
    }
  }
  return NULL;
}

const platform *platform_titled(slice title) {
  for (size_t i = 0; i < PLATFORMS; i++) {
    if (slice_equal(slice_of(platforms[i]->title), title)) {
      return platforms[i];
    }
  }
  return NULL;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Where the rest does not match, the last star takes one byte more; the stars before it are never tried
 * again. */
static bool matches(slice pattern, slice text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = SIZE_MAX;
  size_t given = 0; /* what the last star took ends here */
  while (t < text.length || p < pattern.length) {
    const char c = p < pattern.length ? pattern.bytes[p] : '\0';
    if (c == '*') {
      star = p++;
      given = t;
    } else if (c == '#' && t < text.length && is_digit(text.bytes[t])) {
      while (t < text.length && is_digit(text.bytes[t])) {
        t++;
      }
      p++;
    } else if (p < pattern.length && t < text.length && c != '#' && (c == '?' || c == text.bytes[t])) {
      p++;
      t++;
    } else if (star != SIZE_MAX && given < text.length) {
      p = star + 1;
      t = ++given;
    } else {
      return false;
    }
  }
  return true;
}

/* Takes a pattern off the front of PATTERNS. */
static slice next_pattern(slice *patterns) {
  const char *tab = memchr(patterns->bytes, '\t', patterns->length);
  const size_t length = tab != NULL ? (size_t)(tab - patterns->bytes) : patterns->length;
  const slice pattern = {patterns->bytes, length};
  const size_t gone = tab != NULL ? length + 1 : length;
  *patterns = (slice){patterns->bytes + gone, patterns->length - gone};
  return pattern;
}

bool platform_is_total(const platform *p, const total_words *words, slice text) {
  char lowered[PLATFORM_TOTAL_BYTES_MAX];
  const total_word word = total_word_of(words, text);
  bool found = word != TOTAL_WORD_NONE && word != TOTAL_WORD_NOTE;
  if (found || p->totals == NULL || text.length > sizeof lowered) {
    return found;
  }
  for (size_t i = 0; i < text.length; i++) {
    lowered[i] = lower(text.bytes[i]);
  }
  slice patterns = slice_of(p->totals);
  while (!found && patterns.length > 0) {
    found = matches(next_pattern(&patterns), (slice){lowered, text.length});
  }
  return found;
}

void platform_total_bytes(const platform *p, bool *first) {
  slice patterns = slice_of(p->totals);
  while (patterns.length > 0) {
    const char c = next_pattern(&patterns).bytes[0];
    const bool is_letter = c >= 'a' && c <= 'z';
    first[(uint8_t)c] = true;
    first[(uint8_t)(is_letter ? c - 'a' + 'A' : c)] = true;
  }
}

static bool begins(slice patterns, const slice *cells, uint32_t count) {
  uint32_t i = 0;
  do {
    if (i == count || !matches(next_pattern(&patterns), cells[i++])) {
      return false;
    }
  } while (patterns.length > 0);
  return true;
}

static bool some(slice pattern, const slice *cells, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (matches(pattern, cells[i])) {
      return true;
    }
  }
  return false;
}

static bool untitled(slice pattern, const platform_sample *sample, uint32_t row) {
  for (uint32_t i = 0; row > 0 && i < sample->counts[row] && i < sample->counts[row - 1]; i++) {
    if (sample->cells[row - 1][i].length == 0 && matches(pattern, sample->cells[row][i])) {
      return true;
    }
  }
  return false;
}

static bool other(slice pattern, const slice *cells, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (cells[i].length > 0 && !matches(pattern, cells[i])) {
      return true;
    }
  }
  return false;
}

static bool every(slice pattern, const slice *cells, uint32_t count) {
  uint32_t filled = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (cells[i].length > 0 && !matches(pattern, cells[i])) {
      return false;
    }
    filled += cells[i].length > 0;
  }
  return filled > 0;
}

static bool shows(const platform_sign *sign, const platform_sample *sample) {
  if (sign->row > sample->rows) {
    return sign->test == PLATFORM_FOLLOWS;
  }
  const slice patterns = slice_of(sign->patterns);
  const slice *cells = sample->cells[sign->row - 1];
  const uint32_t count = sample->counts[sign->row - 1];
  switch (sign->test) {
    case PLATFORM_BEGINS:
    case PLATFORM_FOLLOWS:
      return begins(patterns, cells, count);
    case PLATFORM_SOME:
      return some(patterns, cells, count);
    case PLATFORM_UNTITLED:
      return untitled(patterns, sample, sign->row - 1);
    case PLATFORM_OTHER:
      return other(patterns, cells, count);
    case PLATFORM_LACKS:
      return !some(patterns, cells, count);
    case PLATFORM_EVERY:
      return every(patterns, cells, count);
  }
  return false;
}

static bool shows_all(const platform_shape *shape, const platform_sample *sample) {
  bool all = shape->header_rows <= sample->rows;
  for (size_t i = 0; all && i < PLATFORM_SIGNS_MAX && shape->signs[i].row > 0; i++) {
    all = shows(&shape->signs[i], sample);
  }
  return all;
}

static const platform_shape *shape_of(const platform *p, const platform_sample *sample, bool is_named) {
  for (size_t i = 0; i < PLATFORM_SHAPES_MAX && p->shapes[i].header_rows > 0; i++) {
    if ((is_named || !p->shapes[i].only_named) && shows_all(&p->shapes[i], sample)) {
      return &p->shapes[i];
    }
  }
  return NULL;
}

const platform_shape *platform_shape_of(const platform *p, const platform_sample *sample) {
  return shape_of(p, sample, true);
}

const platform *platform_recognise(const platform_sample *sample, const platform_shape **shape) {
  for (size_t i = 0; i < PLATFORMS; i++) {
    *shape = shape_of(platforms[i], sample, false);
    if (*shape != NULL) {
      return platforms[i];
    }
  }
  return NULL;
}

const platform *platform_of_files(const file_facts *files, uint32_t count, uint32_t *first, uint32_t *other) {
  const platform *found = NULL;
  *first = count;
  *other = count;
  for (uint32_t i = 0; i < count; i++) {
    const platform *p = platform_titled(files[i].reading.format);
    if (p == NULL || p == found || p->missing[0].code == NULL) {
      continue;
    }
    if (found != NULL) {
      *other = i;
      return NULL;
    }
    found = p;
    *first = i;
  }
  return found;
}
