/* Reading workbooks back: minizip unpacks, expat parses; nothing of the writer's library. */
#include "tests/report/workbook_members.h"

#include <expat.h>
#include <minizip/unzip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"

static unzFile open_workbook(const buf *workbook) {
  char path[] = "/tmp/canvass-workbook-XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, workbook->data, workbook->length), (ssize_t)workbook->length);
  assert_int_equal(close(fd), 0);
  unzFile file = unzOpen64(path);
  assert_non_null(file);
  assert_int_equal(unlink(path), 0);
  return file;
}

static void read_current(unzFile file, buf *out) {
  char block[4096];
  assert_int_equal(unzOpenCurrentFile(file), UNZ_OK);
  for (int n = unzReadCurrentFile(file, block, sizeof block); n > 0;
       n = unzReadCurrentFile(file, block, sizeof block)) {
    buf_put(out, block, (size_t)n);
  }
  assert_int_equal(unzCloseCurrentFile(file), UNZ_OK);
}

bool workbook_member(const buf *workbook, const char *name, buf *out) {
  unzFile file = open_workbook(workbook);
  buf_clear(out);
  const bool is_there = unzLocateFile(file, name, 1) == UNZ_OK;
  if (is_there) {
    read_current(file, out);
  }
  buf_put_u8(out, 0);
  (void)unzClose(file);
  return is_there;
}

size_t workbook_members(const buf *workbook, const char *prefix, buf *out) {
  unzFile file = open_workbook(workbook);
  size_t count = 0;
  buf_clear(out);
  for (int st = unzGoToFirstFile(file); st == UNZ_OK; st = unzGoToNextFile(file)) {
    char name[256];
    assert_int_equal(unzGetCurrentFileInfo64(file, NULL, name, sizeof name, NULL, 0, NULL, 0), UNZ_OK);
    if (strncmp(name, prefix, strlen(prefix)) == 0) {
      read_current(file, out);
      count++;
    }
  }
  buf_put_u8(out, 0);
  (void)unzClose(file);
  return count;
}

/* ---- Cells --------------------------------------------------------------------------------------- */

typedef struct cell_reader {
  buf shared;     /* all shared texts, each ended with a zero */
  size_t *starts; /* of each */
  size_t count;
  buf value; /* of the current element */
  bool is_value, is_shared, is_reading_shared;
  buf *out;
} cell_reader;

static void XMLCALL on_start(void *user, const char *name, const char **attributes) {
  cell_reader *r = user;
  if (strcmp(name, "si") == 0) {
    r->starts = realloc(r->starts, (r->count + 1) * sizeof *r->starts);
    assert_non_null(r->starts);
    r->starts[r->count++] = r->shared.length;
  } else if (strcmp(name, "c") == 0) {
    r->is_shared = false;
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
      r->is_shared = r->is_shared || (strcmp(attributes[i], "t") == 0 && strcmp(attributes[i + 1], "s") == 0);
    }
  } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    r->is_value = true;
    buf_clear(&r->value);
  }
}

static void XMLCALL on_text(void *user, const char *text, int length) {
  cell_reader *r = user;
  if (r->is_value) {
    buf_put(&r->value, text, (size_t)length);
  }
}

static void XMLCALL on_end(void *user, const char *name) {
  cell_reader *r = user;
  if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    r->is_value = false;
    if (r->is_reading_shared) {
      buf_put(&r->shared, r->value.data, r->value.length);
      return;
    }
    buf_put_u8(&r->value, 0);
    const char *value = (const char *)r->value.data;
    const char *shown =
        r->is_shared ? (const char *)r->shared.data + r->starts[strtoul(value, NULL, 10)] : value;
    buf_printf(r->out, "|%s", shown);
  } else if (strcmp(name, "si") == 0) {
    buf_put_u8(&r->shared, 0);
  } else if (strcmp(name, "row") == 0) {
    buf_printf(r->out, "|\n");
  }
}

static void parse(cell_reader *r, const buf *text) {
  XML_Parser parser = XML_ParserCreate(NULL);
  assert_non_null(parser);
  XML_SetUserData(parser, r);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  if (XML_Parse(parser, (const char *)text->data, (int)text->length - 1, 1) != XML_STATUS_OK) {
    fail_msg("not well-formed: %s", XML_ErrorString(XML_GetErrorCode(parser)));
  }
  XML_ParserFree(parser);
}

void workbook_cells(const buf *workbook, unsigned number, buf *out) {
  char name[64];
  buf text;
  cell_reader r = {.out = out, .is_reading_shared = true};
  buf_init(&text);
  buf_clear(out);
  if (workbook_member(workbook, "xl/sharedStrings.xml", &text)) {
    parse(&r, &text);
  }
  r.is_reading_shared = false;
  (void)snprintf(name, sizeof name, "xl/worksheets/sheet%u.xml", number);
  if (!workbook_member(workbook, name, &text)) {
    fail_msg("the workbook has no %s", name);
  }
  parse(&r, &text);
  buf_put_u8(out, 0);
  free(r.starts);
  buf_fini(&r.shared);
  buf_fini(&r.value);
  buf_fini(&text);
}
