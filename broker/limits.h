/* The limits of the broker's shell, together with the reason for each figure; those of its core are in
 * core/limits.h. */
#ifndef CANVASS_BROKER_LIMITS_H
#define CANVASS_BROKER_LIMITS_H

enum {
  /* ---- Sockets */
  LISTENER_RENEWALS_MAX = 16, /* of one endpoint, each of which costs a descriptor */
  /* ---- Transfers */
  TRANSFER_PEER_BYTES = 8 << 20,
  TRANSFER_CREDIT_BYTES = 64 << 20,                 /* in shares: owners_share */
  TRANSFER_WORST_BYTES = 2 * TRANSFER_CREDIT_BYTES, /* with one chunk for each who would get nothing */
  TRANSFER_OFFERS_MAX = 256,                        /* of one peer at a time */
  TRANSFER_STALL_MS = 60000,     /* a source that sends no chunk for so long is no longer asked */
  TRANSFER_SWITCH_MS = 3000,     /* likewise, when another offers the same; twice as long each time */
  TRANSFER_SEARCH_MS = 15000,    /* every worker that may have the blob must have answered by then */
  TRANSFER_SEARCHES_MAX = 10000, /* and requests for the blob of one of them */
  /* ---- Turns: after so much the rest waits for the next one, so that everybody is answered soon.  What is
   * one message's is done in one turn: it can exceed these by what a message may ask for. */
  TURN_MESSAGES = 1000,
  /* Received, answered and compared, and what a turn holds in memory: at the 280 MB/s that reach the disk
   * over ipc some 30 ms.  With 16 MiB eight uploading clients kept others waiting for 56 to 100 ms. */
  TURN_BYTES = 8 << 20,
  TURN_RECORDS = 32768,
  TURN_RECORDS_BYTES = 16 << 20, /* of the transaction */
  RESTORED_JOB_RECORDS =
      256,           /* that taking up a job counts for: its plan and its manifest are read and decoded */
  TURN_UNLINKS = 32, /* some milliseconds on a slow disk */
  HELLO_SHARDS_MAX = 32768,    /* that a worker holds and the core learns of: a turn's records */
  HELLO_SHARDS_AT_ONCE = 1024, /* with more a worker joins when messages have been answered, */
  JOINS_MAX = 128,             /* of so many at a time: 32 MiB */
};

#endif
