/* JSON: canonical text, round trips of random trees, golden rejections with their places, and every
 * truncation and many random changes of a text without a crash. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"

static json *random_tree(arena *a, seeded *r, unsigned depth) {
  static const char *const texts[] = {
      "", "a", "\xc3\xa9\n\"\\\x01/", "0", "\xf0\x9f\x98\x80", "long text here"};
  const uint64_t kind = seeded_below(r, depth == 0 ? 5 : 7);
  json *node;
  switch (kind) {
    case 0:
      return json_null(a);
    case 1:
      return json_bool(a, seeded_below(r, 2) == 1);
    case 2:
      return json_integer(a, (int64_t)seeded_bits(r, 64));
    case 3: {
      const uint64_t bits = seeded_next(r);
      double v;
      memcpy(&v, &bits, sizeof v);
      return json_number(a, seeded_below(r, 2) == 0 ? v : (double)(int64_t)seeded_bits(r, 20) / 100);
    }
    case 4:
      return json_text(a, slice_of(texts[seeded_below(r, 6)]));
    case 5:
      node = json_array(a);
      for (uint64_t n = seeded_below(r, 6); n > 0; n--) {
        json_push(node, random_tree(a, r, depth - 1));
      }
      return node;
    default:
      node = json_object(a);
      for (uint64_t n = seeded_below(r, 6); n > 0; n--) {
        char key[8];
        snprintf(key, sizeof key, "k%u", (unsigned)seeded_below(r, 20));
        json_set(node, key, random_tree(a, r, depth - 1));
      }
      return node;
  }
}

static void random_trees_are_written_and_read_alike(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  arena *a = arena_new();
  buf first, second;
  buf_init(&first);
  buf_init(&second);
  for (int i = 0; i < 5000; i++) {
    arena_clear(a);
    const json *tree = random_tree(a, &r, 4);
    for (int pretty = 0; pretty < 2; pretty++) {
      buf_clear(&first);
      buf_clear(&second);
      (pretty ? json_write_pretty : json_write)(tree, &first);
      json *back = NULL;
      error err;
      const slice text = {(const char *)first.data, first.length};
      if (json_parse(a, text, "tree", &back, &err) != STATUS_OK) {
        fail_msg("seed %llu, case %d: %s", (unsigned long long)seeded_seed(), i, err.message);
      }
      (pretty ? json_write_pretty : json_write)(back, &second);
      assert_int_equal(first.length, second.length);
      assert_memory_equal(first.data, second.data, first.length);
    }
  }
  buf_fini(&first);
  buf_fini(&second);
  arena_destroy(a);
}

static void canonical_text_is_sorted_and_tight(void **state) {
  (void)state;
  arena *a = arena_new();
  json *o = json_object(a);
  json_set_integer(o, "b", INT64_MIN);
  json_set_number(o, "a", 0.1);
  json_set_text(o, "c", "\"\\/\b\f\n\r\t\x1f\x7f\xc3\xa9");
  json_set_bool(o, "B", true);
  json_set_number(o, "nan", NAN);
  json_set_number(o, "zero", -0.0);
  json_set(o, "list", json_array(a));
  json_set_integer(o, "a", 1);
  json_set_number(o, "a", 0.1);
  buf b;
  buf_init(&b);
  json_write(o, &b);
  buf_put_u8(&b, 0);
  assert_string_equal(
      (char *)b.data,
      "{\"B\":true,\"a\":0.1,\"b\":-9223372036854775808,"
      "\"c\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f\xc3\xa9\",\"list\":[],\"nan\":null,\"zero\":0}");
  buf_clear(&b);
  json *array = json_array(a);
  json_push(array, json_integer(a, 1));
  json_push(array, json_object(a));
  json_push(array, NULL);
  json *outer = json_object(a);
  json_set(outer, "x", array);
  json_write_pretty(outer, &b);
  buf_put_u8(&b, 0);
  assert_string_equal((char *)b.data, "{\n  \"x\": [\n    1,\n    {}\n  ]\n}");
  buf_fini(&b);
  arena_destroy(a);
}

static void numbers_have_their_shortest_form(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {
      {3, "3"},
      {0.1, "0.1"},
      {1.0 / 3, "0.3333333333333333"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1e15, "1e+15"},
      {123456789012345.0, "123456789012345"},
      {-2.5, "-2.5"},
      {5e-324, "4.94065645841247e-324"},
      {1e308, "1e+308"},
      {-0.0, "0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[32];
    assert_int_equal(json_format_number(cases[i].value, text), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
  seeded r = {seeded_seed()};
  for (int i = 0; i < 50000; i++) {
    const uint64_t bits = seeded_next(&r);
    double v;
    memcpy(&v, &bits, sizeof v);
    if (isfinite(v)) {
      char text[32];
      json_format_number(v, text);
      assert_true(strtod(text, NULL) == v);
    }
  }
}

static void broken_texts_are_refused_with_their_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *message;
  } cases[] = {
      {"", "t:1:1: expected a value"},
      {"nul", "t:1:1: expected a value"},
      {"[1,\n 2,]", "t:2:4: expected a value"},
      {"[1 2]", "t:1:4: expected , or ]"},
      {"{\"a\":1,}", "t:1:8: expected a key in quotes"},
      {"{\"a\" 1}", "t:1:6: expected :"},
      {"{\"a\":1 \"b\":2}", "t:1:8: expected , or }"},
      {"{\"a\":1,\n\"a\":2}", "t:1:1: the object has the key \"a\" twice"},
      {"{\"\\u0061\":1,\"a\":2}", "t:1:1: the object has the key \"a\" twice"},
      {"{\"a\\u0000\":1}", "t:1:2: a key must not contain \\u0000"},
      {"{1:2}", "t:1:2: expected a key in quotes"},
      {"01", "t:1:1: a number must not start with 0"},
      {"-", "t:1:2: a digit is missing"},
      {"1.", "t:1:3: a digit is missing after the point"},
      {"1e", "t:1:3: a digit is missing in the exponent"},
      {"1e999", "t:1:1: the number is too large"},
      {"+1", "t:1:1: expected a value"},
      {"NaN", "t:1:1: expected a value"},
      {"\"abc", "t:1:1: the text has no end"},
      {"\"abc\\\"", "t:1:1: the text has no end"},
      {"\"a\\x\"", "t:1:4: unknown escape after \\"},
      {"\"\\u12\"", "t:1:6: \\u needs four hexadecimal digits"},
      {"\"\\ud800\"", "t:1:4: half of a surrogate pair stands alone"},
      {"\"\\ud800\\u0041\"", "t:1:4: half of a surrogate pair stands alone"},
      {"\"\\udc00\"", "t:1:4: half of a surrogate pair stands alone"},
      {"\"a\nb\"", "t:1:3: a control character in a text must be escaped"},
      {"\"\xc3\"", "t:1:2: not well-formed UTF-8"},
      {"1 1", "t:1:3: something follows after the end"},
      {"\xef\xbb\xbf"
       "1",
       "t:1:1: expected a value"},
  };
  arena *a = arena_new();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json *tree = NULL;
    error err;
    assert_int_equal(json_parse(a, slice_of(cases[i].text), "t", &tree, &err), STATUS_DATA);
    assert_string_equal(err.message, cases[i].message);
  }
  arena_destroy(a);
}

static void depth_is_limited_to_64(void **state) {
  (void)state;
  arena *a = arena_new();
  char text[200000];
  json *tree;
  for (size_t depth = 63; depth <= 66; depth++) {
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    const status st = json_parse(a, (slice){text, 2 * depth}, "t", &tree, NULL);
    assert_int_equal(st, depth <= 64 ? STATUS_OK : STATUS_DATA);
  }
  memset(text, '[', sizeof text);
  assert_int_equal(json_parse(a, (slice){text, sizeof text}, "t", &tree, NULL), STATUS_DATA);
  arena_destroy(a);
}

static void readers_accept_what_is_not_there(void **state) {
  (void)state;
  arena *a = arena_new();
  json *tree = NULL;
  const slice text = slice_of(
      "{\"i\":9223372036854775807,\"big\":9223372036854775808,\"d\":1.0,"
      "\"t\":\"\\ud83d\\ude00\\u0000x\",\"l\":[true]}");
  assert_int_equal(json_parse(a, text, "t", &tree, NULL), STATUS_OK);
  assert_true(json_as_integer(json_get(tree, "i")) == INT64_MAX);
  assert_int_equal(json_kind_of(json_get(tree, "big")), JSON_NUMBER);
  assert_int_equal(json_kind_of(json_get(tree, "d")), JSON_NUMBER);
  assert_true(json_as_number(json_get(tree, "big")) == 9223372036854775808.0);
  assert_int_equal(json_as_text(json_get(tree, "t")).length, 6);
  assert_true(json_as_bool(json_at(json_get(tree, "l"), 0)));
  const char *key = NULL;
  assert_non_null(json_member(tree, 0, &key));
  assert_string_equal(key, "big");
  assert_int_equal(json_count(tree), 5);
  assert_null(json_member(tree, 5, &key));
  assert_null(json_at(tree, 0));
  assert_null(json_get(tree, "none"));
  assert_null(json_get(NULL, "none"));
  assert_int_equal(json_kind_of(NULL), JSON_NULL);
  assert_string_equal(json_as_cstring(NULL), "");
  assert_int_equal(json_as_integer(json_get(tree, "t")), 0);
  assert_true(json_as_number(tree) == 0.0);
  json_set(NULL, "x", NULL);
  json_push(tree, tree);
  assert_int_equal(json_count(tree), 5);
  arena_destroy(a);
}

static void changed_texts_never_crash(void **state) {
  (void)state;
  static const char text[] =
      "{\"a\":[1,-2.5e3,true,null,\"\\u00e9\\ud83d\\ude00\\n\"],\"b\":{\"c\":{},\"d\":[]},\"e\":"
      "\"x\xc3\xa9\"}";
  enum { LENGTH = sizeof text - 1 };
  seeded r = {seeded_seed()};
  arena *a = arena_new();
  for (int i = 0; i < 50000; i++) {
    const size_t length = i < LENGTH ? (size_t)i : LENGTH;
    char *copy = malloc(length + 1);
    memcpy(copy, text, length);
    for (uint64_t n = i < LENGTH ? 0 : 1 + seeded_below(&r, 4); n > 0; n--) {
      static const char letters[] = "{}[]\",:\\u0d8eE+-.1\n";
      copy[seeded_below(&r, length)] = letters[seeded_below(&r, sizeof letters - 1)];
    }
    arena_clear(a);
    json *tree = NULL;
    const status st = json_parse(a, (slice){copy, length}, "t", &tree, NULL);
    assert_true(i >= LENGTH || st == STATUS_DATA);
    free(copy);
  }
  arena_destroy(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_trees_are_written_and_read_alike),
      cmocka_unit_test(canonical_text_is_sorted_and_tight),
      cmocka_unit_test(numbers_have_their_shortest_form),
      cmocka_unit_test(broken_texts_are_refused_with_their_place),
      cmocka_unit_test(depth_is_limited_to_64),
      cmocka_unit_test(readers_accept_what_is_not_there),
      cmocka_unit_test(changed_texts_never_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
