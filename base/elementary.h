/* exp, log and what is made of them, with the same bits on every machine.
 *
 * A row's quantity must not depend on the worker that makes it, and libm's functions do: one library gives
 * other bits with and without fused multiply-add.  These use nothing but IEEE additions, multiplications and
 * divisions of doubles in a fixed order (compiled with -ffp-contract=off).  What a row contributes is then a
 * whole number, elementary_quantised, and from there on there are only integers.
 *
 * Errors are stated against the true value of the argument as given; tests hold them against MPFR.
 */
#ifndef CANVASS_BASE_ELEMENTARY_H
#define CANVASS_BASE_ELEMENTARY_H

#include <stdint.h>

/* Wrong by less than one unit in the last place where the result is a normal number; below that by less than
 * 2^-1074.  0 below -745.2, infinity above 709.8; NaN for NaN. */
double elementary_exp(double x);

/* Of x > 0 (asserted, as is that it is finite): wrong by less than one unit in the last place. */
double elementary_log(double x);

/* log(1 + x) for x >= 0 (asserted): wrong by less than three units in the last place. */
double elementary_log_1_plus(double x);

/* 1 / (1 + exp(-x)): wrong by less than three units in the last place where the result is normal. */
double elementary_logistic(double x);

/* log(1 + exp(x)), minus the log of a logistic's complement: wrong by less than four units in the last
 * place where the result is normal. */
double elementary_softplus(double x);

/* The logarithm of the gamma function for 2^-100 <= x <= 2^100 (asserted): wrong by less than
 * 2^-46 max(1, |result|); near its zeros at 1 and 2 that is an absolute error. */
double elementary_log_gamma(double x);

/* VALUE * 2^BITS as a whole number, rounded half to even; |VALUE| * 2^BITS < 2^62 (asserted). */
int64_t elementary_quantised(double value, unsigned bits);

#endif
