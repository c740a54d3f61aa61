/* What tests of messages share: one of them, decoding that sees any read past the end, comparing. */
#ifndef CANVASS_TESTS_PROTO_MESSAGE_FIXTURE_H
#define CANVASS_TESTS_PROTO_MESSAGE_FIXTURE_H

#include "proto/message.h"

/* Decodes an exact copy of the bytes, so that the sanitizer sees any read past the end.  *OUT is good until
 * the next call. */
status message_decode_copy(const void *bytes, size_t length, message *out, error *err);
/* A task with fields of all types. */
message message_sample(void);
void message_expect_same(const message *a, const message *b);

#endif
