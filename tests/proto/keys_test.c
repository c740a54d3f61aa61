/* Keys: what is written is read back, secrets stay secret, and mistakes are named with their line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/keys.h"
#include "proto/message.h"
#include "tests/check.h"

enum { PATH_BYTES = 256 };

/* ---- A directory for each test ------------------------------------------------------------------- */

static char directory[64];

static int enter(void **state) {
  (void)state;
  strcpy(directory, "/tmp/canvass-keys-XXXXXX");
  return mkdtemp(directory) != NULL ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command);
}

static const char *path_of(const char *name) {
  static char paths[4][PATH_BYTES];
  static unsigned next;
  char *path = paths[next++ % 4];
  snprintf(path, PATH_BYTES, "%s/%s", directory, name);
  return path;
}

static const char *write_file(const char *name, const char *content, mode_t mode) {
  const char *path = path_of(name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_true(fputs(content, f) >= 0);
  assert_int_equal(fclose(f), 0);
  assert_int_equal(chmod(path, mode), 0);
  return path;
}

static mode_t mode_of(const char *path) {
  struct stat s;
  assert_int_equal(stat(path, &s), 0);
  return s.st_mode & 07777;
}

static void expect(status got, status wanted, const error *err, const char *text) {
  if (got != wanted || strstr(err->message, text) == NULL) {
    fail_msg("%s: '%s' instead of %s with '%s'", status_name(got), got ? err->message : "",
             status_name(wanted), text);
  }
}

static key_pair new_pair(void) {
  key_pair k;
  error err;
  assert_int_equal(key_pair_new(&k, &err), STATUS_OK);
  return k;
}

/* ---- Pairs --------------------------------------------------------------------------------------- */

static void a_written_pair_is_read_back(void **state) {
  (void)state;
  error err;
  for (int i = 0; i < 50; i++) {
    const key_pair k = new_pair();
    char name[32];
    snprintf(name, sizeof name, "%d.key", i);
    const char *path = path_of(name);
    assert_int_equal(key_pair_write(&k, path, "anna", &err), STATUS_OK);
    key_pair back;
    assert_int_equal(key_pair_read(path, &back, &err), STATUS_OK);
    assert_memory_equal(&back, &k, sizeof k);
  }
}

static void the_secret_file_is_its_owners_alone(void **state) {
  (void)state;
  const key_pair k = new_pair();
  error err;
  const mode_t before = umask(0);
  assert_int_equal(key_pair_write(&k, path_of("a.key"), "anna", &err), STATUS_OK);
  umask(before);
  assert_int_equal(mode_of(path_of("a.key")), 0600);
  assert_int_equal(mode_of(path_of("a.key.pub")), 0644);
}

static void the_public_file_holds_no_secret(void **state) {
  (void)state;
  const key_pair k = new_pair();
  error err;
  assert_int_equal(key_pair_write(&k, path_of("a.key"), "anna", &err), STATUS_OK);
  char content[1024] = "";
  FILE *f = fopen(path_of("a.key.pub"), "r");
  assert_non_null(f);
  assert_true(fread(content, 1, sizeof content - 1, f) > 0);
  fclose(f);
  assert_contains(content, k.public_key);
  assert_null(strstr(content, k.secret_key));
  assert_null(strstr(content, "secret"));
}

static void a_secret_that_others_may_use_is_refused(void **state) {
  (void)state;
  const key_pair k = new_pair();
  error err;
  const char *path = path_of("a.key");
  assert_int_equal(key_pair_write(&k, path, "anna", &err), STATUS_OK);
  static const mode_t modes[] = {0640, 0604, 0660, 0666, 0610, 0601, 0622, 0777};
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    assert_int_equal(chmod(path, modes[i]), 0);
    key_pair back;
    expect(key_pair_read(path, &back, &err), STATUS_USAGE, &err, "chmod 600");
    assert_string_equal(back.secret_key, "");
  }
  assert_int_equal(chmod(path, 0400), 0);
  key_pair back;
  assert_int_equal(key_pair_read(path, &back, &err), STATUS_OK);
}

static void files_that_are_there_are_never_overwritten(void **state) {
  (void)state;
  const key_pair first = new_pair();
  const key_pair second = new_pair();
  error err;
  assert_int_equal(key_pair_write(&first, path_of("a.key"), "anna", &err), STATUS_OK);
  expect(key_pair_write(&second, path_of("a.key"), "anna", &err), STATUS_USAGE, &err, "already exists");
  /* A public file alone stops it too, and then no secret file stays behind. */
  write_file("b.key.pub", "mine\n", 0644);
  expect(key_pair_write(&second, path_of("b.key"), "anna", &err), STATUS_USAGE, &err,
         "b.key.pub already exists");
  assert_int_not_equal(access(path_of("b.key"), F_OK), 0);
  key_pair back;
  assert_int_equal(key_pair_read(path_of("a.key"), &back, &err), STATUS_OK);
  assert_memory_equal(&back, &first, sizeof first);
  expect(key_pair_write(&second, path_of("nowhere/a.key"), "anna", &err), STATUS_IO, &err, "No such file");
}

static void a_public_key_comes_from_either_file_or_as_text(void **state) {
  (void)state;
  const key_pair k = new_pair();
  error err;
  assert_int_equal(key_pair_write(&k, path_of("a.key"), "anna", &err), STATUS_OK);
  const char *sources[] = {path_of("a.key"), path_of("a.key.pub"), k.public_key};
  for (size_t i = 0; i < 3; i++) {
    key_pair p;
    assert_int_equal(key_public_read(sources[i], &p, &err), STATUS_OK);
    assert_string_equal(p.public_key, k.public_key);
    assert_string_equal(p.secret_key, "");
  }
  key_pair p;
  expect(key_pair_read(path_of("a.key.pub"), &p, &err), STATUS_USAGE, &err, "only the public half");
  expect(key_public_read("no/such/file", &p, &err), STATUS_USAGE, &err, "no/such/file");
}

static void a_file_whose_name_could_be_a_key_is_a_file(void **state) {
  (void)state;
  const key_pair k = new_pair();
  error err;
  /* 40 characters of Z85: "/tmp/canvass-keys-XXXXXX" has 24. */
  const char *path = path_of("0123456789a.key");
  assert_int_equal(strlen(path), 40);
  assert_int_equal(key_pair_write(&k, path, "anna", &err), STATUS_OK);
  key_pair p;
  assert_int_equal(key_public_read(path, &p, &err), STATUS_OK);
  assert_string_equal(p.public_key, k.public_key);
}

static void titles_cannot_break_the_file(void **state) {
  (void)state;
  const key_pair k = new_pair();
  error err;
  assert_int_equal(key_pair_write(&k, path_of("a.key"), "x\nsecret \xff\x1b[31m", &err), STATUS_OK);
  key_pair back;
  assert_int_equal(key_pair_read(path_of("a.key"), &back, &err), STATUS_OK);
  assert_memory_equal(&back, &k, sizeof k);
}

#define PUBLIC "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define SECRET "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
#define OTHER  "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static void wrong_key_files_are_named_with_their_line(void **state) {
  (void)state;
  static const struct {
    const char *content, *problem;
  } cases[] = {
      {"", "has no public key"},
      {"# canvass key\nsecret " SECRET "\n", "has no public key"},
      {"# canvass key\npublic " PUBLIC "\n", "only the public half"},
      {"public " PUBLIC "\nsecret " SECRET " x\n", "f:2: something follows the key"},
      {"public " PUBLIC "\npublic " PUBLIC "\n", "f:2: a second 'public' key"},
      {"\n\npublic tooshort\n", "f:3: 8 characters that are not a valid key"},
      {"public " PUBLIC "x\n", "f:1: 41 characters that are not a valid key"},
      /* 40 characters, but one that Z85 does not have, and five that are beyond 32 bits. */
      {"public Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI~\n", "f:1: 40 characters that are not a valid key"},
      {"public #####w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\n", "f:1: 40 characters that are not a valid key"},
      {"worker " PUBLIC " anna\n", "f:1: this is not a key file"},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\n", "f:1: this is not a key file"},
      {"public " PUBLIC "\nsecret\n", "f:2: 0 characters that are not a valid key"},
      {"public " PUBLIC "\nsecret " OTHER "\n", "do not belong together"},
      {"public \x01\n", "f:1: this is not UTF-8 text"},
      {"# \xff\n", "f:1: this is not UTF-8 text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *path = write_file("f", cases[i].content, 0600);
    key_pair k;
    error err;
    expect(key_pair_read(path, &k, &err), STATUS_USAGE, &err, cases[i].problem);
    assert_string_equal(k.secret_key, "");
  }
}

static void line_ends_and_blanks_of_other_systems_are_read(void **state) {
  (void)state;
  key_pair k;
  error err;
  const char *path = write_file("f", "# a\r\n\r\n\tpublic  " PUBLIC "  \r\nsecret\t" SECRET, 0600);
  assert_int_equal(key_pair_read(path, &k, &err), STATUS_OK);
  assert_string_equal(k.public_key, PUBLIC);
  assert_string_equal(k.secret_key, SECRET);
}

static void a_file_that_is_too_large_is_refused(void **state) {
  (void)state;
  const char *path = path_of("large");
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  for (int i = 0; i < 100000; i++) {
    fputs("# a\n", f);
  }
  fclose(f);
  key_pair k;
  error err;
  expect(key_public_read(path, &k, &err), STATUS_LIMIT, &err, "is it the right file?");
  expect(key_public_read(directory, &k, &err), STATUS_IO, &err, "Is a directory");
}

/* ---- Lists --------------------------------------------------------------------------------------- */

static void a_list_tells_roles_and_titles(void **state) {
  (void)state;
  const char *path = write_file("allowed",
                                "# allowed keys\n"
                                "worker " PUBLIC
                                " anna's # machine\n"
                                "\n"
                                "client " OTHER
                                "\n"
                                "client " PUBLIC " anna again\n",
                                0644);
  key_list *l = NULL;
  error err;
  assert_int_equal(key_list_read(path, &l, &err), STATUS_OK);
  assert_int_equal(key_list_count(l), 2);
  const char *title = NULL;
  assert_int_equal(key_list_roles(l, slice_of(PUBLIC), &title), WAY_WORKER | WAY_CLIENT);
  assert_string_equal(title, "anna's # machine");
  assert_int_equal(key_list_roles(l, slice_of(OTHER), &title), WAY_CLIENT);
  assert_string_equal(title, "");
  assert_int_equal(key_list_roles(l, slice_of(SECRET), &title), 0);
  assert_string_equal(title, "");
  assert_int_equal(key_list_roles(l, slice_of(""), NULL), 0);
  assert_int_equal(key_list_roles(l, slice_of(PUBLIC "x"), NULL), 0);
  assert_int_equal(key_list_roles(l, (slice){PUBLIC, 39}, NULL), 0);
  key_list_destroy(l);
}

static void an_empty_list_lets_nobody_come(void **state) {
  (void)state;
  key_list *l = NULL;
  error err;
  assert_int_equal(key_list_read(write_file("allowed", "# nobody yet\n", 0644), &l, &err), STATUS_OK);
  assert_int_equal(key_list_count(l), 0);
  assert_int_equal(key_list_roles(l, slice_of(PUBLIC), NULL), 0);
  key_list_destroy(l);
  key_list_destroy(NULL);
}

static void wrong_lists_are_named_with_their_line(void **state) {
  (void)state;
  static const struct {
    const char *content, *problem;
  } cases[] = {
      {"worker " PUBLIC "\nboss " PUBLIC " me\n", "allowed:2: 'boss' is not a valid role"},
      {PUBLIC "\n", "is not a valid role"},
      {"worker " PUBLIC "\nverify: 3\n", "allowed:2: 'verify: 3' is not valid"},
      {"verify:\n", "allowed:1: 'verify: ' is not valid"},
      {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xc3\xa9 " PUBLIC "\n",
       "allowed:1: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is not a valid role"}, /* not half a character */
      {"worker " PUBLIC "\n\n# x\nclient\n", "allowed:4: 0 characters that are not a valid key"},
      {"worker anna " PUBLIC "\n", "allowed:1: 4 characters that are not a valid key"},
      {"worker " PUBLIC " \x1b[31mred\n", "allowed:1: this is not UTF-8 text"},
      {"worker " PUBLIC " M\xfcller\n", "allowed:1: this is not UTF-8 text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    key_list *l = NULL;
    error err;
    expect(key_list_read(write_file("allowed", cases[i].content, 0644), &l, &err), STATUS_USAGE, &err,
           cases[i].problem);
    assert_null(l);
  }
  key_list *l = NULL;
  error err;
  expect(key_list_read(path_of("absent"), &l, &err), STATUS_USAGE, &err, "absent");
}

static void every_key_of_a_long_list_is_found(void **state) {
  (void)state;
  enum { COUNT = 500 };
  static key_pair keys[COUNT];
  buf text;
  buf_init(&text);
  for (size_t i = 0; i < COUNT; i++) {
    char title[32];
    snprintf(title, sizeof title, "number %zu", i);
    keys[i] = new_pair();
    key_list_put(&text, 1 + (unsigned)i % 3, &keys[i], title);
  }
  buf_put_u8(&text, '\0');
  key_list *l = NULL;
  error err;
  assert_int_equal(key_list_read(write_file("allowed", (const char *)text.data, 0644), &l, &err), STATUS_OK);
  buf_fini(&text);
  assert_int_equal(key_list_count(l), COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    char title[32];
    const char *found = NULL;
    snprintf(title, sizeof title, "number %zu", i);
    assert_int_equal(key_list_roles(l, slice_of(keys[i].public_key), &found), 1 + i % 3);
    assert_string_equal(found, title);
  }
  const key_pair stranger = new_pair();
  assert_int_equal(key_list_roles(l, slice_of(stranger.public_key), NULL), 0);
  key_list_destroy(l);
}

/* Whatever a file holds: it is read or refused with a message; the sanitizers watch the rest. */
static void arbitrary_files_do_no_harm(void **state) {
  (void)state;
  static const char good[] =
      "# a\nworker " PUBLIC " anna\nclient " OTHER " me\npublic " PUBLIC "\nsecret " SECRET;
  srand(7);
  unsigned read = 0;
  for (int i = 0; i < 3000; i++) {
    char content[sizeof good];
    memcpy(content, good, sizeof good);
    const int changes = rand() % 4;
    for (int k = 0; k < changes; k++) {
      content[(size_t)rand() % (sizeof good - 1)] = (char)(1 + rand() % 255);
    }
    content[(size_t)rand() % sizeof good] = '\0';
    const char *path = write_file("f", content, 0600);
    key_list *l = NULL;
    key_pair k;
    error err = {.message = ""};
    if (key_list_read(path, &l, &err) == STATUS_OK) {
      read++;
      key_list_destroy(l);
    } else {
      assert_true(err.message[0] != '\0');
    }
    (void)!key_pair_read(path, &k, &err);
  }
  assert_true(read > 100);
}

/* ---- Endpoints ----------------------------------------------------------------------------------- */

static void only_loopback_is_not_exposed(void **state) {
  (void)state;
  static const char *const inside[] = {
      "inproc://a",        "ipc:///run/canvass/socket", "ipc://@abstract",      "ipc://*",
      "tcp://127.0.0.1:1", "tcp://127.0.0.1:*",         "tcp://127.255.3.4:99", "tcp://localhost:5555",
      "tcp://[::1]:5555",
  };
  static const char *const outside[] = {
      "tcp://*:5555",
      "tcp://0.0.0.0:5555",
      "tcp://[::]:5555",
      "tcp://10.0.0.1:5555",
      "tcp://128.0.0.1:5555",
      "tcp://eth0:5555",
      "tcp://lo:5555",
      "tcp://broker:5555",
      "tcp://localhost.example.org:5555",
      "tcp://127.0.0.1.example.org:5555",
      "tcp://LOCALHOST:5555",
      "tcp://127.1:5555",
      "tcp://0177.0.0.1:5555",
      "tcp://127.0.0.1",
      "tcp://127.0.0.1:",
      "tcp://127.0.0.1:x",
      "tcp://127.0.0.1:1;10.0.0.1:1",
      "tcp://10.0.0.1:1;127.0.0.1:1",
      "tcp://::1:5555",
      "tcp://[::1]",
      "tcp://[::1%eth0]:5555",
      "tcp://[::ffff:10.0.0.1]:5555",
      "tcp://",
      "tcp://:5555",
      "tcp:/127.0.0.1:5555",
      "TCP://127.0.0.1:5555",
      "ws://127.0.0.1:5555",
      "tipc://{1,2,3}",
      "vmci://2:3",
      "udp://127.0.0.1:5555",
      "",
      "127.0.0.1:5555",
      "tcp://127.0.0.1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:1",
  };
  for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
    if (endpoint_is_exposed(inside[i])) {
      fail_msg("%s is not exposed", inside[i]);
    }
  }
  for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
    if (!endpoint_is_exposed(outside[i])) {
      fail_msg("%s is exposed", outside[i]);
    }
  }
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_DIRECTORY(a_written_pair_is_read_back),
      IN_DIRECTORY(the_secret_file_is_its_owners_alone),
      IN_DIRECTORY(the_public_file_holds_no_secret),
      IN_DIRECTORY(a_secret_that_others_may_use_is_refused),
      IN_DIRECTORY(files_that_are_there_are_never_overwritten),
      IN_DIRECTORY(a_public_key_comes_from_either_file_or_as_text),
      IN_DIRECTORY(a_file_whose_name_could_be_a_key_is_a_file),
      IN_DIRECTORY(titles_cannot_break_the_file),
      IN_DIRECTORY(wrong_key_files_are_named_with_their_line),
      IN_DIRECTORY(line_ends_and_blanks_of_other_systems_are_read),
      IN_DIRECTORY(a_file_that_is_too_large_is_refused),
      IN_DIRECTORY(a_list_tells_roles_and_titles),
      IN_DIRECTORY(an_empty_list_lets_nobody_come),
      IN_DIRECTORY(wrong_lists_are_named_with_their_line),
      IN_DIRECTORY(every_key_of_a_long_list_is_found),
      IN_DIRECTORY(arbitrary_files_do_no_harm),
      cmocka_unit_test(only_loopback_is_not_exposed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
