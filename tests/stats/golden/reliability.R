# Reference values for reliability: psych::alpha, factanal polished by Newton's method, survey's svyvar, and the
# delete-a-group jackknife over groups that an own Philox deals.
# Rscript reliability.R writes ../../analyses/reliability.json, in tests/stats/golden.  R 4.2.2, psych 2.2.9.
suppressMessages({library(psych); library(survey); library(jsonlite)})

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character"), na.strings = "")
scales <- list(quality = c("q1", "q2", "q3"), all = c("q1", "q2", "q3", "q4", "recommend"), pair = c("q1", "q2"))

# ---- Random groups: Philox4x32-10 (Salmon et al. 2011) of seed, stream 3 and ordinal --------------------------
xor32 <- function(a, b) bitwXor(a %/% 65536, b %/% 65536) * 65536 + bitwXor(a %% 65536, b %% 65536)
multiply <- function(a, m) {  # high and low word of a 64-bit product
  m1 <- m %/% 65536; m0 <- m %% 65536; a1 <- a %/% 65536; a0 <- a %% 65536
  low <- a0 * m0; middle <- a1 * m0 + low %/% 65536; other <- a0 * m1 + middle %% 65536
  list(high = a1 * m1 + middle %/% 65536 + other %/% 65536, low = (other %% 65536) * 65536 + low %% 65536)
}
random_group <- function(ordinal, seed, groups) {
  c <- list(ordinal, 0 * ordinal, 3 + 0 * ordinal, 0 * ordinal); k <- c(seed, 0)
  for (round in 1:10) {
    first <- multiply(c[[1]], 0xD2511F53); second <- multiply(c[[3]], 0xCD9E8D57)
    c <- list(xor32(xor32(second$high, c[[2]]), k[1] + 0 * ordinal), second$low,
              xor32(xor32(first$high, c[[4]]), k[2] + 0 * ordinal), first$low)
    k <- (k + c(0x9E3779B9, 0xBB67AE85)) %% 2^32
  }
  c[[1]] %% groups
}
group <- random_group(0:(nrow(d) - 1), 7, 256)

# ---- One factor: factanal, then Newton on its own gradient to the last digits -----------------------------------
one_factor <- function(R, start = NULL) {
  gradient <- function(x) {
    u <- exp(x); y <- R / sqrt(outer(u, u)); e <- eigen(y, symmetric = TRUE)
    1 - 1 / u + (e$values[1] - 1) * e$vectors[, 1]^2
  }
  x <- if (is.null(start)) log(factanal(covmat = R, factors = 1, control = list(nstart = 5))$uniquenesses) else start
  for (k in 1:8) {
    h <- sapply(seq_along(x), function(j) { s <- rep(0, length(x)); s[j] <- 1e-5; (gradient(x + s) - gradient(x - s)) / 2e-5 })
    x <- x - solve(h, gradient(x))
  }
  u <- exp(x); e <- eigen(R / sqrt(outer(u, u)), symmetric = TRUE)
  l <- sqrt(u * (e$values[1] - 1)) * e$vectors[, 1]
  list(loading = l * sign(sum(l)), unique = u, x = x)
}
omega_of <- function(C, start = NULL) {
  f <- one_factor(cov2cor(C), start); s <- sqrt(diag(C))
  list(omega = sum(f$loading * s)^2 / (sum(f$loading * s)^2 + sum(f$unique * s^2)), f = f)
}
alpha_of <- function(C) { k <- ncol(C); k / (k - 1) * (1 - sum(diag(C)) / sum(C)) }
split_half <- function(C) {
  k <- ncol(C); odd <- seq(1, k, 2); even <- seq(2, k, 2)
  r <- sum(C[odd, even]) / sqrt(sum(C[odd, odd]) * sum(C[even, even]))
  p <- length(odd) * length(even) / k^2
  if (length(odd) == length(even)) 2 * r / (1 + r) else (sqrt(r^4 + 4 * r^2 * (1 - r^2) * p) - r^2) / (2 * (1 - r^2) * p)
}

# ---- Jackknife: interval on log(1 - a) ---------------------------------------------------------------------------
jackknife <- function(all, parts) {
  m <- length(parts); se <- sqrt((m - 1) / m * sum((parts - mean(parts))^2)); t <- qt(.975, m - 1)
  list(se = se, ci_low = 1 - exp(log(1 - all) + t * se / (1 - all)), ci_high = 1 - exp(log(1 - all) - t * se / (1 - all)))
}

report <- function(analysis, name, items, rows, where, cov_of, weighted_n = NULL, psych = FALSE, feldt_n = NULL) {
  x <- d[rows, items]; g <- group[rows]; k <- length(items)
  C <- cov_of(x, rows); R <- cov2cor(C); a <- alpha_of(C); mean_r <- mean(R[lower.tri(R)])
  answered <- cov_of(x, rows, answered = TRUE)
  parts <- sort(unique(g[answered]))
  left <- lapply(parts, function(p) { keep <- g != p; cov_of(x[keep, ], which(rows)[keep]) })
  j <- jackknife(a, sapply(left, alpha_of))
  n <- cov_of(x, rows, counts = TRUE)
  figures <- list(items = k, n = min(n), alpha = a, se = j$se, ci_low = j$ci_low, ci_high = j$ci_high,
                  alpha_standardised = k * mean_r / (1 + (k - 1) * mean_r), mean_r = mean_r, split_half = split_half(C))
  if (!is.null(weighted_n)) figures$weighted_n <- weighted_n
  if (!is.null(feldt_n)) {
    figures$feldt_low <- 1 - (1 - a) * qf(.975, feldt_n - 1, (feldt_n - 1) * (k - 1))
    figures$feldt_high <- 1 - (1 - a) * qf(.025, feldt_n - 1, (feldt_n - 1) * (k - 1))
  }
  do.call(add, c(list(analysis, "reliability_scales", c(list(item = name), where)), figures))
  loading <- rep(NA, k)
  if (k >= 3) {
    o <- omega_of(C); f <- o$f
    left_omega <- sapply(left, function(L) omega_of(L, f$x)$omega)
    j <- jackknife(o$omega, left_omega); loading <- f$loading
    add(analysis, "reliability_factors", c(list(item = name), where), omega = o$omega, se = j$se, ci_low = j$ci_low,
        ci_high = j$ci_high, composite = sum(loading)^2 / (sum(loading)^2 + sum(f$unique)), ave = mean(loading^2))
  }
  for (i in seq_len(k)) {
    rest <- C[-i, -i, drop = FALSE]
    item_rest <- sum(C[i, -i]) / sqrt(C[i, i] * sum(rest)); dropped <- if (k > 2) alpha_of(rest) else NA
    add(analysis, "reliability_items", c(list(item = items[i], parent = name), where), sd = sqrt(C[i, i]),
        item_rest = item_rest, alpha_dropped = dropped, loading = loading[i])
  }
  if (psych) {  # what psych says is the same
    p <- suppressWarnings(alpha(x, warnings = FALSE))
    stopifnot(abs(p$total$raw_alpha - a) < 1e-14, abs(p$total$std.alpha - figures$alpha_standardised) < 1e-14,
              max(abs(p$alpha.drop$raw_alpha - sapply(1:k, function(i) alpha_of(C[-i, -i])))) < 1e-14,
              max(abs(p$item.stats$r.drop - sapply(1:k, function(i) sum(C[i, -i]) / sqrt(C[i, i] * sum(C[-i, -i]))))) < 1e-14)
  }
}

total <- list(group = NA)
of <- function(r) list(group = list(region = r))
every <- rep(TRUE, nrow(d))
pairwise <- function(x, rows, answered = FALSE, counts = FALSE) {
  if (answered) return(rowSums(!is.na(x)) > 0)
  if (counts) { n <- crossprod(!is.na(x)); return(n[lower.tri(n)]) }
  cov(x, use = "pairwise")
}
listwise <- function(x, rows, answered = FALSE, counts = FALSE) {
  if (answered) return(complete.cases(x))
  if (counts) return(sum(complete.cases(x)))
  cov(x, use = "complete")
}
weighted <- function(x, rows, answered = FALSE, counts = FALSE) {
  keep <- complete.cases(x)
  if (answered) return(keep)
  if (counts) return(sum(keep))
  s <- x[keep, ]; s$w <- d$w[rows][keep]
  v <- svyvar(as.formula(paste("~", paste(names(x), collapse = "+"))), svydesign(ids = ~1, weights = ~w, data = s))
  as.matrix(v)[seq_along(x), seq_along(x)]
}
repeated <- function(x, rows, answered = FALSE, counts = FALSE) {
  f <- d$f[rows]; keep <- complete.cases(x) & f > 0
  if (answered) return(keep)
  if (counts) return(sum(keep))
  cov(x[rep(which(keep), f[keep]), ])
}
for (name in names(scales)) {
  items <- scales[[name]]
  n <- pairwise(d[, items], every, counts = TRUE)
  report("pairwise", name, items, every, total, pairwise, feldt_n = min(n), psych = name != "pair")
  for (r in c("east", "north")) {
    rows <- d$region %in% r
    report("pairwise", name, items, rows, of(r), pairwise, feldt_n = min(pairwise(d[rows, items], counts = TRUE)))
  }
  report("listwise", name, items, every, total, listwise, feldt_n = sum(complete.cases(d[, items])))
  keep <- complete.cases(d[, items])
  report("sampling", name, items, every, total, weighted, weighted_n = sum(d$w[keep]))
  report("frequency", name, items, every, total, repeated, weighted_n = sum(d$f[keep]), feldt_n = sum(d$f[keep]))
}

scale <- function(low, high, ...) list(type = "scale", range = c(low, high), ...)
golden <- list(
  source = "R, as tests/stats/golden/reliability.R computes it",
  data = "tests/stats/golden/weighted_survey.csv",
  specification = list(
    variables = list(region = list(type = "nominal"), q1 = scale(1, 5), q2 = scale(1, 5), q3 = scale(1, 7),
                     q4 = scale(1, 10), recommend = scale(0, 10),
                     w = list(type = "weight", kind = "sampling", decimals = 4),
                     f = list(type = "weight", kind = "frequency")),
    constructs = lapply(scales, function(items) list(items = items)),
    replicates = list(groups = 256, seed = 7),
    analyses = list(list(reliability = list(name = "pairwise", by = "region")),
                    list(reliability = list(name = "listwise", missing = "listwise")),
                    list(reliability = list(name = "sampling", missing = "listwise", weight = "w")),
                    list(reliability = list(name = "frequency", missing = "listwise", weight = "f")))),
  figures = entries)
text <- toJSON(golden, auto_unbox = TRUE, digits = NA, na = "null")
text <- gsub('{"analysis"', '\n  {"analysis"', text, fixed = TRUE)
write(text, "../../analyses/reliability.json")
