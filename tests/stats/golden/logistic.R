# Reference values for logistic: base R's glm, survey's svyglm, and DeLong's error written out.
# Rscript logistic.R writes ../../analyses/logistic.json.
suppressMessages({library(survey); library(jsonlite)})

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
total <- list(group = NA)
of <- function(key, value) list(group = setNames(list(value), key))
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
d$y <- as.integer(d$recommend >= 9)
d$region <- factor(d$region)
exact <- glm.control(epsilon = 1e-15, maxit = 100)
formula <- y ~ q1 + q3 + age + region
columns <- list(q1 = list("q1", ""), q3 = list("q3", ""), age = list("age", ""), regionnorth = list("region", "north"),
                regionsouth = list("region", "south"), regionwest = list("region", "west"))

# glm stops by the deviance, with coefficients to about 1e-8 and errors from the iteration before: two more steps of
# Newton, and the errors there.
polish <- function(m, u, w, sampling, rows) {
  x <- model.matrix(formula, u); b <- coef(m)
  if (any(abs(b[-1]) > 12)) return(list(b = b))
  for (i in 1:2) { p <- plogis(drop(x %*% b)); b <- b + drop(solve(crossprod(x, w * p * (1 - p) * x), crossprod(x, w * (u$y - p)))) }
  p <- plogis(drop(x %*% b)); v <- solve(crossprod(x, w * p * (1 - p) * x))
  if (sampling) v <- v %*% crossprod(w * (u$y - p) * x) %*% v * rows / (rows - 1)
  list(b = b, v = v, eta = drop(x %*% b))
}
separated <- function(f) any(abs(f$b[-1]) > 12)
coefficients_of <- function(name, key, f, df, n) {
  z <- if (is.finite(df)) qt(.975, df) else qnorm(.975)
  for (row in names(f$b)) {
    b <- f$b[[row]]
    if (separated(f)) {          # there is no maximum
      if (abs(b) > 12 && row != "(Intercept)")
        add(name, "logistic_coefficients", c(list(item = columns[[row]][[1]], value = columns[[row]][[2]]), key), n = n, b = NA, se = NA, odds_ratio = NA)
      next
    }
    se <- sqrt(f$v[row, row])
    p <- if (is.finite(df)) 2 * pt(-abs(b / se), df) else 2 * pnorm(-abs(b / se))
    figures <- list(n = n, b = b, se = se, p = p)
    figures[[if (is.finite(df)) "t" else "z"]] <- b / se
    if (row == "(Intercept)") {
      do.call(add, c(list(name, "logistic_constants", key), figures))
    } else {
      do.call(add, c(list(name, "logistic_coefficients", c(list(item = columns[[row]][[1]], value = columns[[row]][[2]]), key)),
                     figures, list(odds_ratio = exp(b), ci_low = exp(b - z * se), ci_high = exp(b + z * se))))
    }
  }
}
# Wald tests of a predictor with all its columns
wald_of <- function(name, key, f, n, df) {
  for (item in c("q1", "q3", "age", "region")) {
    at <- grep(paste0("^", item), names(f$b)); b <- f$b[at]
    chi2 <- drop(t(b) %*% solve(f$v[at, at]) %*% b); k <- length(at)
    if (is.finite(df)) add(name, "logistic_predictors", c(list(item = item), key), n = n, f = chi2 / k, df = k, df2 = df, p = pf(chi2 / k, k, df, lower.tail = FALSE))
    else add(name, "logistic_predictors", c(list(item = item), key), n = n, chi2 = chi2, df = k, p = pchisq(chi2, k, lower.tail = FALSE))
  }
}
curve_of <- function(y, score, w, sampling) {
  x1 <- score[y == 1]; x0 <- score[y == 0]; w1 <- w[y == 1]; w0 <- w[y == 0]
  v1 <- sapply(x1, function(v) sum(w0[x0 < v]) + sum(w0[x0 == v]) / 2) / sum(w0)
  v0 <- sapply(x0, function(v) sum(w1[x1 > v]) + sum(w1[x1 == v]) / 2) / sum(w1)
  auc <- sum(w1 * v1) / sum(w1)
  part <- function(v, w) if (sampling) sum(w^2 * (v - auc)^2) / sum(w)^2 else sum(w * (v - auc)^2) / (sum(w) * (sum(w) - 1))
  se <- sqrt(part(v1, w1) + part(v0, w0))
  list(auc = auc, se = se, ci_low = max(0, auc - qnorm(.975) * se), ci_high = min(1, auc + qnorm(.975) * se))
}
classify <- function(name, key, y, eta, w, n, sampling) {
  p <- plogis(eta)
  t <- function(a, b) sum(w[(p >= .5) == a & y == b])
  figures <- list(n = n, true_positive = t(TRUE, 1), false_positive = t(TRUE, 0), true_negative = t(FALSE, 0),
                  false_negative = t(FALSE, 1), accuracy = 100 * (t(TRUE, 1) + t(FALSE, 0)) / sum(w),
                  sensitivity = 100 * t(TRUE, 1) / sum(w[y == 1]), specificity = 100 * t(FALSE, 0) / sum(w[y == 0]),
                  precision = 100 * t(TRUE, 1) / (t(TRUE, 1) + t(TRUE, 0)))
  do.call(add, c(list(name, "logistic_classification", key), figures))
  do.call(add, c(list(name, "logistic_auc", key), list(n = n), curve_of(y, signif(eta, 12), w, sampling)))
}
calibrate <- function(name, key, y, eta) {
  order <- order(eta); y <- y[order]; p <- plogis(eta[order]); e <- signif(eta[order], 12)
  size <- ave(e, e, FUN = length); before <- match(e, e) - 1
  tenth <- pmin(9, floor(10 * (before + size / 2) / length(y)))
  for (k in 0:9) {
    n <- sum(tenth == k); o <- mean(y[tenth == k]); z <- qnorm(.975)
    centre <- (o + z^2 / (2 * n)) / (1 + z^2 / n); half <- z / (1 + z^2 / n) * sqrt(o * (1 - o) / n + z^2 / (4 * n^2))
    add(name, "logistic_calibration", c(list(tenth = k + 1), key), n = n, predicted = 100 * mean(p[tenth == k]), observed = 100 * o,
        ci_low = 100 * (centre - half), ci_high = 100 * (centre + half))
  }
}

# ---- Without weights, all rows and by sex -------------------------------------------------------------
plain <- function(rows, key) {
  m <- glm(formula, binomial, d[rows, ], control = exact); u <- m$model; n <- nrow(u)
  f <- polish(m, u, rep(1, n), FALSE)
  coefficients_of("plain", key, f, Inf, n)
  if (separated(f)) return()
  wald_of("plain", key, f, n, Inf)
  l <- sum(u$y * f$eta - log1p(exp(f$eta))); q <- mean(u$y); l0 <- n * (q * log(q) + (1 - q) * log(1 - q))
  stopifnot(abs(l - as.numeric(logLik(m))) < 1e-9)
  add("plain", "logistic_fit", key, n = n, events = sum(u$y), event_share = 100 * q, log_likelihood = l,
      null_log_likelihood = l0, chi2 = 2 * (l - l0), df = length(f$b) - 1,
      p = pchisq(2 * (l - l0), length(f$b) - 1, lower.tail = FALSE), mcfadden = 1 - l / l0,
      nagelkerke = (1 - exp(2 * (l0 - l) / n)) / (1 - exp(2 * l0 / n)))
  classify("plain", key, u$y, f$eta, rep(1, n), n, FALSE)
  calibrate("plain", key, u$y, f$eta)
}
plain(rep(TRUE, nrow(d)), total)
for (s in c("f", "m")) plain(d$sex %in% s, of("sex", s))

# ---- Sampling weights: svyglm ---------------------------------------------------------------------------
usable <- d[!is.na(d$w) & d$w > 0, ]
design <- svydesign(~1, weights = ~w, data = usable)
sampled <- function(design, key) {
  m <- suppressWarnings(svyglm(formula, design, family = quasibinomial(), control = exact))
  u <- usable[rownames(usable) %in% rownames(m$model), ]; n <- nrow(u); w <- u$w; df <- n - length(coef(m))
  f <- polish(m, u, w, TRUE, nrow(usable))
  coefficients_of("sampled", key, f, df, n)
  if (separated(f)) return()
  stopifnot(max(abs(sqrt(diag(f$v)) / sqrt(diag(vcov(m))) - 1)) < 1e-6, m$df.residual == df)
  wald_of("sampled", key, f, n, df)
  W <- sum(w); share <- sum(w * u$y) / W
  l <- sum(w * (u$y * f$eta - log1p(exp(f$eta)))); l0 <- W * (share * log(share) + (1 - share) * log(1 - share))
  add("sampled", "logistic_fit", key, n = n, weighted_n = W, events = sum(u$y), weighted_events = sum(w * u$y), event_share = 100 * share, log_likelihood = l,
      null_log_likelihood = l0, mcfadden = 1 - l / l0, nagelkerke = (1 - exp(2 * (l0 - l) / W)) / (1 - exp(2 * l0 / W)))
  classify("sampled", key, u$y, f$eta, w, n, TRUE)
}
sampled(design, total)
for (s in c("f", "m")) sampled(subset(design, sex %in% s), of("sex", s))

# ---- Frequency weights: rows repeated -------------------------------------------------------------------
repeated <- d[rep(seq_len(nrow(d)), ifelse(is.na(d$f), 0, d$f)), ]
m <- glm(formula, binomial, repeated, control = exact)
once <- sum(complete.cases(d[!is.na(d$f) & d$f > 0, c("y", "q1", "q3", "age", "region")]))
f <- polish(m, m$model, rep(1, nrow(m$model)), FALSE)
coefficients_of("repeated", total, f, Inf, once)
classify("repeated", total, m$model$y, f$eta, rep(1, nrow(m$model)), once, FALSE)

specification <- list(
  variables = list(region = list(type = "nominal"), sex = list(type = "nominal"), q1 = list(type = "scale", range = c(1, 5)),
    q3 = list(type = "scale", range = c(1, 7)), recommend = list(type = "scale", range = c(0, 10)),
    age = list(type = "number", decimals = 0), w = list(type = "weight", kind = "sampling", decimals = 4),
    f = list(type = "weight", kind = "frequency", decimals = 0)),
  analyses = lapply(list(list(name = "plain", by = "sex"), list(name = "sampled", weight = "w", by = "sex"), list(name = "repeated", weight = "f")),
    function(more) list(logistic = c(list(outcome = "recommend", event = c("9", "10"), predictors = c("q1", "q3", "age", "region")), more))))
out <- list(source = "R's glm and svyglm, as tests/stats/golden/logistic.R computes them", data = "tests/stats/golden/weighted_survey.csv",
            specification = specification)
json <- function(v) toJSON(v, auto_unbox = TRUE, digits = 15, na = "null")
lines <- c("{", sprintf(" \"source\": %s,", json(out$source)), sprintf(" \"data\": %s,", json(out$data)),
           sprintf(" \"specification\": %s,", json(specification)), " \"figures\": [",
           paste0("  ", sapply(entries, json), c(rep(",", length(entries) - 1), "")), " ]", "}")
writeLines(lines, "../../analyses/logistic.json")
