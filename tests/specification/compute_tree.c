#include "tests/specification/compute_tree.h"

#include "tests/base/rational.h"
#include "tests/check.h"

enum { KIDS_MAX = 3, TREES_MAX = 4096 };

/* ---- Random trees --------------------------------------------------------------------------------- */

typedef enum kind {
  NUMBER, /* numbers: leaves first */
  VARIABLE,
  DAYS,
  NOTHING,
  PLUS,
  MINUS,
  TIMES,
  OVER,
  NEGATED,
  ABSOLUTE,
  ROUNDED,
  LEAST,
  MOST,
  SUM,
  MEAN,
  COUNT,
  COUNT_TRUE,
  CHOICE,
  EQ, /* truths */
  NE,
  LT,
  LE,
  GT,
  GE,
  IN,
  BOTH,
  EITHER,
  NOT,
  IS_X,
  IS_NOT_X,
  MISSING_NUMBER,
  MISSING_TEXT,
  AFTER,
} kind;

struct tree {
  kind kind;
  struct tree *kids[KIDS_MAX];
  uint32_t count;
  int64_t mantissa; /* NUMBER; VARIABLE: which; ROUNDED: decimals */
  unsigned scale;
};

static tree forest[TREES_MAX];
static uint32_t trees;

static tree *tree_new(kind k, uint32_t count) {
  assert_true(trees < TREES_MAX);
  forest[trees] = (tree){.kind = k, .count = count};
  return &forest[trees++];
}

static tree *random_truth(seeded *r, unsigned depth);

static tree *random_number(seeded *r, unsigned depth) {
  const kind k = (kind)(depth == 0 ? NUMBER + seeded_pick(r, 3) : NUMBER + seeded_pick(r, EQ - NUMBER));
  uint32_t count = k <= NOTHING ? 0 : k <= OVER ? 2 : k <= ROUNDED ? 1 : 1 + seeded_pick(r, KIDS_MAX);
  count = k == CHOICE ? 3 : count;
  tree *t = tree_new(k, count);
  t->mantissa = k == NUMBER ? seeded_pick(r, 5000) : k == ROUNDED ? seeded_pick(r, 5) : seeded_pick(r, 3);
  t->scale = seeded_pick(r, 4);
  for (uint32_t i = 0; i < count; i++) {
    const bool is_truth = k == COUNT_TRUE || (k == CHOICE && i == 0);
    t->kids[i] = is_truth ? random_truth(r, depth - 1) : random_number(r, depth - 1);
  }
  if (k == OVER && t->kids[1]->kind == NUMBER) {
    t->kids[1]->mantissa++; /* division by a literal 0 is refused */
  }
  return t;
}

/* A literal `missing` cannot be compared, nor a scale with what is outside its range. */
static void avoid_refusals(tree *t) {
  for (uint32_t i = 0; i < t->count; i++) {
    tree *kid = t->kids[i];
    kid->kind = kid->kind == NOTHING ? DAYS : kid->kind;
    kid->mantissa = kid->kind == VARIABLE ? kid->mantissa % 2 : kid->mantissa;
  }
}

static tree *random_truth(seeded *r, unsigned depth) {
  static const kind leaves[] = {IS_X, IS_NOT_X, MISSING_TEXT, AFTER};
  const kind k = depth == 0 ? leaves[seeded_pick(r, 4)] : (kind)(EQ + seeded_pick(r, AFTER + 1 - EQ));
  const bool joins = k == BOTH || k == EITHER || k == NOT;
  const uint32_t count = k >= IS_X && k != MISSING_NUMBER             ? 0
                         : k == NOT || k == MISSING_NUMBER || k == IN ? 1
                                                                      : 2;
  tree *t = tree_new(k, count);
  for (uint32_t i = 0; i < count; i++) {
    t->kids[i] = joins ? random_truth(r, depth - 1) : random_number(r, depth > 0 ? depth - 1 : 0);
  }
  if (!joins && count > 0 && k != MISSING_NUMBER) {
    avoid_refusals(t);
  }
  return t;
}

/* ---- As text -------------------------------------------------------------------------------------- */

static const char *const variables[] = {"a", "b", "q"};
/* Which parts bind more tightly; what binds less than is wanted goes into parentheses. */
enum { BINDS_OR = 1, BINDS_AND, BINDS_NOT, BINDS_COMPARE, BINDS_SUM, BINDS_TERM, BINDS_SIGN, BINDS_ALL };

static const struct form {
  kind kind;
  int binds, left, right; /* what it is, and what its sides have to be */
  const char *sign;       /* between the sides, or in front of the arguments */
} forms[] = {
    {PLUS, BINDS_SUM, BINDS_SUM, BINDS_TERM, " + "},   {MINUS, BINDS_SUM, BINDS_SUM, BINDS_TERM, " − "},
    {TIMES, BINDS_TERM, BINDS_TERM, BINDS_SIGN, "×"},  {OVER, BINDS_TERM, BINDS_TERM, BINDS_SIGN, " / "},
    {EQ, BINDS_COMPARE, BINDS_SUM, BINDS_SUM, " == "}, {NE, BINDS_COMPARE, BINDS_SUM, BINDS_SUM, "!="},
    {LT, BINDS_COMPARE, BINDS_SUM, BINDS_SUM, "<"},    {LE, BINDS_COMPARE, BINDS_SUM, BINDS_SUM, " <= "},
    {GT, BINDS_COMPARE, BINDS_SUM, BINDS_SUM, " > "},  {GE, BINDS_COMPARE, BINDS_SUM, BINDS_SUM, ">="},
    {BOTH, BINDS_AND, BINDS_AND, BINDS_NOT, " and "},  {EITHER, BINDS_OR, BINDS_OR, BINDS_AND, " or "},
};

static const struct call {
  kind kind;
  const char *name;
} calls[] = {
    {ABSOLUTE, "abs("},     {LEAST, "min("}, {MOST, "max("},
    {SUM, "sum("},          {MEAN, "mean("}, {COUNT, "count("},
    {COUNT_TRUE, "count("}, {CHOICE, "if("}, {MISSING_NUMBER, "missing("},
};

static void show(buf *out, const tree *t, int wanted);

static void show_within(buf *out, const tree *t, int binds, int wanted, const struct form *f) {
  buf_put_text(out, binds < wanted ? "(" : "");
  if (f != NULL) {
    show(out, t->kids[0], f->left);
    buf_put_text(out, f->sign);
    show(out, t->kids[1], f->right);
  } else if (t->kind == IN) {
    show(out, t->kids[0], BINDS_SUM);
    buf_put_text(out, " in (1, 2.5, -3)");
  } else {
    buf_put_text(out, t->kind == NOT ? "not " : "-");
    show(out, t->kids[0], t->kind == NOT ? BINDS_NOT : BINDS_SIGN);
  }
  buf_put_text(out, binds < wanted ? ")" : "");
}

static bool show_leaf(buf *out, const tree *t, int wanted) {
  char text[DECIMAL_TEXT_BYTES];
  switch (t->kind) {
    case NUMBER:
      decimal_format(decimal_normalise((decimal){t->mantissa, (uint8_t)t->scale}), text);
      buf_put_text(out, text);
      return true;
    case VARIABLE:
      buf_put_text(out, variables[t->mantissa]);
      return true;
    case DAYS:
      buf_put_text(out, "days(d, e)");
      return true;
    case NOTHING:
      buf_put_text(out, "missing");
      return true;
    case IS_X:
      buf_put_text(out, wanted > BINDS_COMPARE ? "(n == 'x')" : "n == 'x'");
      return true;
    case IS_NOT_X:
      buf_put_text(out, wanted > BINDS_COMPARE ? "(n not in ('x', 'z'))" : "n not in ('x', 'z')");
      return true;
    case MISSING_TEXT:
      buf_put_text(out, "missing(n)");
      return true;
    case AFTER:
      buf_put_text(out, wanted > BINDS_COMPARE ? "(d >= '2024-03-01')" : "d >= '2024-03-01'");
      return true;
    default:
      return false;
  }
}

static void show(buf *out, const tree *t, int wanted) {
  if (show_leaf(out, t, wanted)) {
    return;
  }
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    if (forms[i].kind == t->kind) {
      show_within(out, t, forms[i].binds, wanted, &forms[i]);
      return;
    }
  }
  const char *name = "round(";
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    name = calls[i].kind == t->kind ? calls[i].name : name;
  }
  if (t->kind == NEGATED || t->kind == NOT || t->kind == IN) {
    const int binds = t->kind == NEGATED ? BINDS_SIGN : t->kind == NOT ? BINDS_NOT : BINDS_COMPARE;
    show_within(out, t, binds, wanted, NULL);
    return;
  }
  buf_put_text(out, name);
  for (uint32_t i = 0; i < t->count; i++) {
    buf_put_text(out, i > 0 ? ", " : "");
    show(out, t->kids[i], BINDS_OR);
  }
  if (t->kind == ROUNDED) {
    buf_printf(out, ", %lld", (long long)t->mantissa);
  }
  buf_put_text(out, ")");
}

/* ---- The oracle ----------------------------------------------------------------------------------- */

/* Days since 1970-01-01, by hand: 365 a year, and one for each leap year. */
const tree_day tree_days[TREE_DAYS] = {
    {"2025-01-01", 20089}, {"2024-02-29", 19782}, {"2024-03-01", 19783}, {"2000-02-29", 11016}, {"", 0}};

static void set_number(answer *out, int64_t mantissa, unsigned scale) {
  rational_set(out->value, mantissa, scale);
  out->reason = ANSWER;
}

static void set_truth(answer *out, bool truth) {
  set_number(out, truth ? 1 : 0, 0);
}

static void round_answer(answer *out, unsigned scale) {
  mpz_t mantissa;
  mpz_init(mantissa);
  rational_round(mantissa, out->value, scale);
  mpq_set_z(out->value, mantissa);
  rational_shift(out->value, -(long)scale);
  mpz_clear(mantissa);
}

static void over_answered(kind k, answer *kids, uint32_t count, answer *out) {
  uint32_t answered = 0;
  out->reason = kids[0].reason;
  for (uint32_t i = 0; i < count; i++) {
    if (kids[i].reason != ANSWER) {
      continue;
    }
    const bool is_better =
        k == LEAST ? mpq_cmp(kids[i].value, out->value) < 0 : mpq_cmp(kids[i].value, out->value) > 0;
    if (answered == 0 || ((k == LEAST || k == MOST) && is_better)) {
      mpq_set(out->value, kids[i].value);
    } else if (k == SUM || k == MEAN) {
      mpq_add(out->value, out->value, kids[i].value);
    }
    answered++;
    out->reason = ANSWER;
  }
  if (k == MEAN && answered > 0) {
    mpq_t n;
    mpq_init(n);
    mpq_set_ui(n, answered, 1);
    mpq_div(out->value, out->value, n);
    mpq_clear(n);
  }
}

static void count_kids(kind k, answer *kids, uint32_t count, answer *out) {
  int64_t counted = 0;
  for (uint32_t i = 0; i < count; i++) {
    counted += kids[i].reason == ANSWER && (k == COUNT || mpq_sgn(kids[i].value) != 0);
  }
  set_number(out, counted, 0);
}

static void join(kind k, answer *kids, answer *out) {
  for (uint32_t i = 0; i < 2; i++) {
    if (kids[i].reason == ANSWER && (mpq_sgn(kids[i].value) != 0) == (k == EITHER)) {
      set_truth(out, k == EITHER);
      return;
    }
  }
  set_truth(out, k == BOTH);
  out->reason = kids[0].reason != ANSWER ? kids[0].reason : kids[1].reason;
}

static void two(kind k, answer *kids, answer *out) {
  const int order = mpq_cmp(kids[0].value, kids[1].value);
  switch (k) {
    case PLUS:
      mpq_add(out->value, kids[0].value, kids[1].value);
      break;
    case MINUS:
      mpq_sub(out->value, kids[0].value, kids[1].value);
      break;
    case TIMES:
      mpq_mul(out->value, kids[0].value, kids[1].value);
      break;
    case OVER:
      if (mpq_sgn(kids[1].value) == 0) {
        out->reason = MISSING_NOT_APPLICABLE;
        return;
      }
      mpq_div(out->value, kids[0].value, kids[1].value);
      break;
    default:
      set_truth(out, k == EQ   ? order == 0
                     : k == NE ? order != 0
                     : k == LT ? order < 0
                     : k == LE ? order <= 0
                     : k == GT ? order > 0
                               : order >= 0);
      return;
  }
  out->reason = ANSWER;
}

static bool is_listed(const mpq_t x) {
  return mpq_cmp_si(x, 1, 1) == 0 || mpq_cmp_si(x, 5, 2) == 0 || mpq_cmp_si(x, -3, 1) == 0;
}

static void one(const tree *t, answer *kids, answer *out) {
  if (t->kind == NOT || t->kind == IN) {
    set_truth(out, t->kind == NOT ? mpq_sgn(kids[0].value) == 0 : is_listed(kids[0].value));
    return;
  }
  mpq_set(out->value, kids[0].value);
  out->reason = ANSWER;
  if (t->kind == NEGATED || (t->kind == ABSOLUTE && mpq_sgn(out->value) < 0)) {
    mpq_neg(out->value, out->value);
  } else if (t->kind == ROUNDED) {
    round_answer(out, (unsigned)t->mantissa);
  }
}

static void leaf(const tree *t, const record *row, answer *out) {
  const tree_day *d = &tree_days[row->first_day];
  const tree_day *e = &tree_days[row->second_day];
  switch (t->kind) {
    case NUMBER:
      set_number(out, t->mantissa, t->scale);
      break;
    case VARIABLE:
      set_number(out, row->numbers[t->mantissa], t->mantissa == 0 ? 2 : 0);
      out->reason = row->reasons[t->mantissa];
      break;
    case NOTHING:
      out->reason = MISSING_OTHER;
      break;
    case DAYS:
      set_number(out, e->days - d->days, 0);
      out->reason = *d->text == '\0' || *e->text == '\0' ? MISSING_BLANK : ANSWER;
      break;
    case MISSING_TEXT:
      set_truth(out, row->text == 0);
      break;
    case AFTER:
      set_truth(out, d->days >= 19783);
      out->reason = *d->text == '\0' ? MISSING_BLANK : ANSWER;
      break;
    default: /* IS_X, IS_NOT_X */
      set_truth(out, t->kind == IS_X ? row->text == 1 : row->text == 2);
      out->reason = row->text == 0 ? MISSING_BLANK : ANSWER;
  }
}

static void combine(const tree *t, answer *kids, answer *out) {
  if (t->kind == CHOICE) {
    const answer *chosen = kids[0].reason != ANSWER      ? &kids[0]
                           : mpq_sgn(kids[0].value) != 0 ? &kids[1]
                                                         : &kids[2];
    mpq_set(out->value, chosen->value);
    out->reason = chosen->reason;
  } else if (t->kind >= LEAST && t->kind <= MEAN) {
    over_answered(t->kind, kids, t->count, out);
  } else if (t->kind == COUNT || t->kind == COUNT_TRUE) {
    count_kids(t->kind, kids, t->count, out);
  } else if (t->kind == BOTH || t->kind == EITHER) {
    join(t->kind, kids, out);
  } else if (t->kind == MISSING_NUMBER) {
    set_truth(out, kids[0].reason != ANSWER);
  } else if (kids[0].reason != ANSWER) {
    out->reason = kids[0].reason;
  } else if (t->count == 2 && kids[1].reason != ANSWER) {
    out->reason = kids[1].reason;
  } else if (t->count == 2) {
    two(t->kind, kids, out);
  } else {
    one(t, kids, out);
  }
}

void tree_evaluate(const tree *t, const record *row, answer *out) {
  answer kids[KIDS_MAX];
  for (uint32_t i = 0; i < t->count; i++) {
    mpq_init(kids[i].value);
    tree_evaluate(t->kids[i], row, &kids[i]);
  }
  if (t->count == 0) {
    leaf(t, row, out);
  } else {
    combine(t, kids, out);
  }
  out->huge =
      mpz_sizeinbase(mpq_numref(out->value), 2) > 118 || mpz_sizeinbase(mpq_denref(out->value), 2) > 118;
  for (uint32_t i = 0; i < t->count; i++) {
    out->huge = out->huge || kids[i].huge;
    mpq_clear(kids[i].value);
  }
}

const tree *tree_new_number(seeded *random, unsigned depth) {
  trees = 0;
  return random_number(random, depth);
}

const tree *tree_new_truth(seeded *random, unsigned depth) {
  trees = 0;
  return random_truth(random, depth);
}

void tree_show(const tree *t, buf *out) {
  show(out, t, BINDS_OR);
}

bool tree_has_variable(const tree *t) {
  bool uses = t->kind == VARIABLE || t->kind == DAYS || (t->kind >= IS_X && t->kind != MISSING_NUMBER);
  for (uint32_t i = 0; i < t->count; i++) {
    uses = uses || tree_has_variable(t->kids[i]);
  }
  return uses;
}

int64_t tree_mantissa(answer *x, unsigned decimals) {
  mpz_t mantissa;
  int64_t result;
  if (x->reason != ANSWER) {
    return INT64_MIN + x->reason;
  }
  mpz_init(mantissa);
  rational_round(mantissa, x->value, decimals);
  const bool fits = mpz_sizeinbase(mantissa, 2) <= 62 || mpz_cmp_si(mantissa, NUMBER_MAX) == 0;
  result = fits ? mpz_get_si(mantissa) : INT64_MIN + MISSING_INVALID;
  mpz_clear(mantissa);
  return result;
}
