/* Encoding plan, program and manifest. */
#include "cli/submission.h"

#include "store/manifest.h"

void submission_init(submission *s) {
  *s = (submission){.job = {.version = 0}};
  buf_init(&s->plan);
  buf_init(&s->program);
  buf_init(&s->manifest);
}

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

status submission_encode(submission *s, const plan *p, const manifest *dataset, error *err) {
  plan_encode(p, &s->plan);
  program_encode(p->program, &s->program);
  if (dataset != NULL) {
    manifest_encode(dataset, &s->manifest);
  }
  TRY(buf_status(&s->plan, "the job", err));
  TRY(buf_status(&s->program, "the job", err));
  TRY(buf_status(&s->manifest, "the job", err));
  s->job.plan = bytes_of(&s->plan);
  s->job.program = bytes_of(&s->program);
  s->job.manifest = bytes_of(&s->manifest);
  s->job.may_lose = p->may_lose;
  return STATUS_OK;
}

void submission_fini(submission *s) {
  buf_fini(&s->plan);
  buf_fini(&s->program);
  buf_fini(&s->manifest);
}
