/* canvass keygen: the line that it prints admits the key that it wrote. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/keys.h"
#include "proto/message.h"
#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 512 };

typedef struct scene {
  char directory[PATH_BYTES - 64];
  char key[PATH_BYTES];
} scene;

static scene open_scene(const char *name) {
  scene s;
  process_directory_new(s.directory, sizeof s.directory);
  (void)snprintf(s.key, sizeof s.key, "%s/%s", s.directory, name);
  return s;
}

static process_result keygen(const char *role, const char *path) {
  const char *const with[] = {CANVASS_PROGRAM, "keygen", "--role", role, path, NULL};
  const char *const without[] = {CANVASS_PROGRAM, "keygen", path, NULL};
  process_result r;
  process_run(role != NULL ? with : without, NULL, &r);
  return r;
}

static key_pair read_pair(const scene *s) {
  key_pair k;
  error err;
  if (key_pair_read(s->key, &k, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return k;
}

static void without_a_role_the_public_key_alone_is_printed(void **state) {
  (void)state;
  const scene s = open_scene("broker.key");
  process_result r = keygen(NULL, s.key);
  assert_int_equal(r.exit_code, 0);
  assert_string_equal(r.err, "");
  assert_int_equal(r.out_length, KEY_TEXT_BYTES);
  r.out[KEY_TEXT_BYTES - 1] = '\0';
  const key_pair k = read_pair(&s);
  assert_string_equal(r.out, k.public_key);
  process_result_fini(&r);
  process_directory_remove(s.directory);
}

static void the_printed_line_lets_the_key_come(void **state) {
  (void)state;
  static const struct {
    const char *role;
    unsigned roles;
  } cases[] = {{"client", WAY_CLIENT}, {"worker", WAY_WORKER}, {"both", WAY_CLIENT | WAY_WORKER}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const scene s = open_scene("anna.key");
    process_result r = keygen(cases[i].role, s.key);
    assert_int_equal(r.exit_code, 0);
    const key_pair k = read_pair(&s);
    assert_null(strstr(r.out, k.secret_key));
    char path[PATH_BYTES];
    process_write_file(s.directory, "allowed", r.out, r.out_length, path, sizeof path);
    key_list *l = NULL;
    error err;
    assert_int_equal(key_list_read(path, &l, &err), STATUS_OK);
    const char *title = NULL;
    assert_int_equal(key_list_count(l), 1);
    assert_int_equal(key_list_roles(l, slice_of(k.public_key), &title), cases[i].roles);
    assert_string_equal(title, "anna");
    key_list_destroy(l);
    process_result_fini(&r);
    process_directory_remove(s.directory);
  }
}

static void a_key_that_is_there_stays(void **state) {
  (void)state;
  const scene s = open_scene("a.key");
  process_result r = keygen(NULL, s.key);
  assert_int_equal(r.exit_code, 0);
  process_result_fini(&r);
  const key_pair before = read_pair(&s);
  r = keygen("worker", s.key);
  assert_int_equal(r.exit_code, 2);
  assert_int_equal(r.out_length, 0);
  assert_contains(r.err, "already exists");
  process_result_fini(&r);
  const key_pair after = read_pair(&s);
  assert_memory_equal(&before, &after, sizeof before);
  process_directory_remove(s.directory);
}

static void keys_whose_line_cannot_be_printed_are_told_of(void **state) {
  (void)state;
  const scene s = open_scene("a.key");
  process_result r;
  process_run((const char *const[]){"/bin/sh", "-c", "exec \"$0\" keygen \"$1\" >/dev/full", CANVASS_PROGRAM,
                                    s.key, NULL},
              NULL, &r);
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "the public one is in");
  assert_contains(r.err, "a.key.pub\n");
  const key_pair k = read_pair(&s);
  assert_int_equal(strlen(k.public_key), KEY_TEXT_BYTES - 1);
  process_result_fini(&r);
  process_directory_remove(s.directory);
}

static void the_secret_is_its_owners_whatever_the_umask(void **state) {
  (void)state;
  const scene s = open_scene("a.key");
  const mode_t before = umask(0);
  process_result r = keygen(NULL, s.key);
  umask(before);
  assert_int_equal(r.exit_code, 0);
  process_result_fini(&r);
  struct stat about;
  assert_int_equal(stat(s.key, &about), 0);
  assert_int_equal(about.st_mode & 07777, 0600);
  process_directory_remove(s.directory);
}

static void mistakes_are_named(void **state) {
  (void)state;
  const scene s = open_scene("a.key");
  process_result r = keygen("boss", s.key);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "boss");
  process_result_fini(&r);
  assert_int_not_equal(access(s.key, F_OK), 0);
  r = keygen(NULL, "/no/such/folder/a.key");
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "/no/such/folder/a.key");
  process_result_fini(&r);
  const char *const bare[] = {CANVASS_PROGRAM, "keygen", NULL};
  process_run(bare, NULL, &r);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "needs a file");
  process_result_fini(&r);
  process_directory_remove(s.directory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_role_the_public_key_alone_is_printed),
      cmocka_unit_test(the_printed_line_lets_the_key_come),
      cmocka_unit_test(a_key_that_is_there_stays),
      cmocka_unit_test(keys_whose_line_cannot_be_printed_are_told_of),
      cmocka_unit_test(the_secret_is_its_owners_whatever_the_umask),
      cmocka_unit_test(mistakes_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
