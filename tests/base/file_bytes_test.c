/* Bytes through pipes and files: all of them or an errno, whole files up to a limit, and what messages say.
 */
#include "base/file_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"

enum { MUCH = 3 << 20 };

/* Reads TEXT through a pipe, which gives it in pieces of its own choosing. */
static status read_text(const char *text, size_t bytes_max, buf *out, error *err) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
  close(ends[1]);
  const status st = file_read_whole(ends[0], "page.yaml", "a specification", bytes_max, out, err);
  close(ends[0]);
  return st;
}

/* A pipe takes and gives fewer bytes at once than are asked of it here. */
static void *write_much(void *context) {
  const int *fd = context;
  static const char much[MUCH] = {[MUCH - 1] = 'z'};
  assert_int_equal(file_write(*fd, much, sizeof much), 0);
  close(*fd);
  return NULL;
}

static void all_bytes_are_moved_in_however_many_calls(void **state) {
  (void)state;
  int ends[2];
  pthread_t writer;
  char *bytes = malloc(MUCH + 1);
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(pthread_create(&writer, NULL, write_much, &ends[1]), 0);
  assert_int_equal(file_read(ends[0], bytes, MUCH), 0);
  assert_int_equal(bytes[MUCH - 1], 'z');
  assert_int_equal(file_read(ends[0], bytes, 1), ENODATA);
  pthread_join(writer, NULL);
  close(ends[0]);
  free(bytes);
}

static void bytes_at_a_place_are_those(void **state) {
  (void)state;
  char bytes[6] = "";
  FILE *file = tmpfile();
  const int fd = fileno(file);
  assert_int_equal(file_write_at(fd, 3, "three", 5), 0);
  assert_int_equal(file_read_at(fd, 3, bytes, 5), 0);
  assert_string_equal(bytes, "three");
  assert_int_equal(file_read_at(fd, 4, bytes, 5), ENODATA);
  (void)fclose(file);
}

static void a_failure_is_its_errno(void **state) {
  (void)state;
  char byte = 0;
  const int full = open("/dev/full", O_RDWR);
  assert_int_equal(file_write(full, "x", 1), ENOSPC);
  assert_int_equal(file_read(-1, &byte, 1), EBADF);
  assert_int_equal(file_write_at(-1, 0, "x", 1), EBADF);
  close(full);
}

static void what_a_file_has_is_appended(void **state) {
  (void)state;
  error err;
  buf out;
  buf_init(&out);
  buf_put(&out, "before ", 7);
  assert_int_equal(read_text("and after", 9, &out, &err), STATUS_OK);
  assert_int_equal(out.length, 16);
  assert_memory_equal(out.data, "before and after", 16);
  assert_int_equal(read_text("", 0, &out, &err), STATUS_OK);
  assert_int_equal(out.length, 16);
  buf_fini(&out);
}

static void one_byte_too_many_is_refused_in_words_about_the_file(void **state) {
  (void)state;
  error err;
  buf out;
  char text[2049];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  buf_init(&out);
  assert_int_equal(read_text(text, 2048, &out, &err), STATUS_OK);
  assert_int_equal(read_text(text, 2047, &out, &err), STATUS_LIMIT);
  assert_string_equal(err.message, "page.yaml is larger than 1 KiB: is it a specification?");
  buf_fini(&out);
}

/* A copy of a secret would stay in the memory that a buffer gave back when it grew. */
static void room_that_is_there_is_enough_for_what_fits(void **state) {
  (void)state;
  error err;
  buf out;
  buf_init(&out);
  assert_true(buf_reserve(&out, 100));
  const uint8_t *at = out.data;
  assert_int_equal(read_text("a secret", 1000, &out, &err), STATUS_OK);
  assert_ptr_equal(out.data, at);
  buf_fini(&out);
}

static void what_cannot_be_read_is_named(void **state) {
  (void)state;
  error err;
  buf out;
  buf_init(&out);
  const int fd = open("/", O_RDONLY | O_DIRECTORY);
  assert_int_equal(file_read_whole(fd, "some/folder", "a report", 1000, &out, &err), STATUS_IO);
  assert_string_equal(err.message, "cannot read some/folder: Is a directory");
  close(fd);
  buf_fini(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_bytes_are_moved_in_however_many_calls),
      cmocka_unit_test(bytes_at_a_place_are_those),
      cmocka_unit_test(a_failure_is_its_errno),
      cmocka_unit_test(what_a_file_has_is_appended),
      cmocka_unit_test(one_byte_too_many_is_refused_in_words_about_the_file),
      cmocka_unit_test(room_that_is_there_is_enough_for_what_fits),
      cmocka_unit_test(what_cannot_be_read_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
