# Reference values for factors, of examples/customersat: psych's KMO and cortest.bartlett; principal axes iterated until
# nothing moves; maximum likelihood by Newton's method on factanal's gradient; stats::varimax, its steps repeated to the last digits, and the
# formulas of stats::promax; psych's RMSEA and TLI; factor scores by solve; the parallel analysis and the jackknife over
# numbers that an own Philox deals.
# Rscript factors.R writes ../../analyses/factors.json, in tests/stats/golden.  R 4.2.2, psych 2.2.9.
suppressMessages({library(psych); library(jsonlite)})

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("../../../examples/customersat/customersat.csv")
mood <- cut(d$q1, c(0, 4, 7, 10), c("unhappy", "content", "happy"))
items <- paste0("q", 2:10)
constructs <- list(price = 1:3, effectiveness = 4:7, reach = 8:9)

# ---- Philox4x32-10 (Salmon et al. 2011): two words of (index, stream, second index) -------------------------------
xor32 <- function(a, b) bitwXor(a %/% 65536, b %/% 65536) * 65536 + bitwXor(a %% 65536, b %% 65536)
multiply <- function(a, m) {  # high and low word of a 64-bit product
  m1 <- m %/% 65536; m0 <- m %% 65536; a1 <- a %/% 65536; a0 <- a %% 65536
  low <- a0 * m0; middle <- a1 * m0 + low %/% 65536; other <- a0 * m1 + middle %% 65536
  list(high = a1 * m1 + middle %/% 65536 + other %/% 65536, low = (other %% 65536) * 65536 + low %% 65536)
}
philox <- function(seed, stream, index, second) {
  c <- list(index, 0 * index, stream + 0 * index, second); k <- c(seed, 0)
  for (round in 1:10) {
    first <- multiply(c[[1]], 0xD2511F53); other <- multiply(c[[3]], 0xCD9E8D57)
    c <- list(xor32(xor32(other$high, c[[2]]), k[1] + 0 * index), other$low,
              xor32(xor32(first$high, c[[4]]), k[2] + 0 * index), first$low)
    k <- (k + c(0x9E3779B9, 0xBB67AE85)) %% 2^32
  }
  list(low = c[[1]], high = c[[2]])
}
rows <- 0:(nrow(d) - 1)
group <- philox(7, 3, rows, 0 * rows)$low %% 256

# ---- Parallel analysis ---------------------------------------------------------------------------------------------
common_eigenvalues <- function(R) {  # minres of one factor, loading by loading
  e <- eigen(R, symmetric = TRUE); most <- sqrt(.995)
  l <- pmax(-most, pmin(most, e$vectors[, 1] * sqrt(e$values[1])))
  for (k in 1:4000) {
    before <- l
    for (i in seq_along(l)) l[i] <- max(-most, min(most, sum(R[i, -i] * l[-i]) / sum(l[-i]^2)))
    if (max(abs(l - before)) < 1e-16) break
  }
  diag(R) <- l^2
  eigen(R, symmetric = TRUE)$values
}
random_matrix <- function(seed, m, n, p) {
  pairs <- which(upper.tri(diag(p), diag = TRUE), arr.ind = TRUE)  # row by row of the lower triangle
  word <- philox(seed, 6, rep(m, nrow(pairs)), 0:(nrow(pairs) - 1))
  u <- (word$high * 2^20 + word$low %/% 4096 + .5) / 2^52
  A <- matrix(0, p, p)
  for (k in seq_len(nrow(pairs))) {
    i <- pairs[k, 2]; j <- pairs[k, 1]
    A[i, j] <- if (i == j) sqrt(qchisq(u[k], n - i)) else qnorm(u[k])
  }
  cov2cor(A %*% t(A))
}

# ---- Extraction ------------------------------------------------------------------------------------------------------
axes <- function(R, k, u = NULL) {
  h <- if (is.null(u)) smc(R) else 1 - u
  for (step in 1:200000) {
    S <- R; diag(S) <- h
    e <- eigen(S, symmetric = TRUE)
    l <- e$vectors[, 1:k, drop = FALSE] %*% diag(sqrt(e$values[1:k]), k)
    moved <- max(abs(rowSums(l^2) - h)); h <- rowSums(l^2)
    if (moved < 2e-16) break
  }
  list(loading = l, unique = 1 - h)
}
likelihood <- function(R, k, u = NULL) {
  at <- function(x) {
    s <- exp(-x / 2); e <- eigen(R * outer(s, s), symmetric = TRUE); rest <- (k + 1):length(x)
    list(e = e, gradient = colSums((1 - e$values[rest]) * t(e$vectors[, rest]^2)),
         f = sum(e$values[rest] - log(e$values[rest]) - 1))
  }
  x <- log(if (is.null(u)) factanal(covmat = R, factors = k, rotation = "none")$uniquenesses else u)
  for (step in 1:8) {
    h <- sapply(seq_along(x), function(j) { s <- rep(0, length(x)); s[j] <- 1e-5; (at(x + s)$gradient - at(x - s)$gradient) / 2e-5 })
    x <- x - solve(h, at(x)$gradient)
  }
  last <- at(x)
  list(loading = sqrt(exp(x)) * last$e$vectors[, 1:k, drop = FALSE] %*% diag(sqrt(last$e$values[1:k] - 1), k),
       unique = exp(x), f = last$f)
}
components <- function(R, k, u = NULL) {
  e <- eigen(R, symmetric = TRUE); l <- e$vectors[, 1:k, drop = FALSE] %*% diag(sqrt(e$values[1:k]), k)
  list(loading = l, unique = 1 - rowSums(l^2))
}

# ---- Rotation: ordered by what factors explain, sums positive ----------------------------------------------------------
rotate <- function(l, how) {
  x <- unclass(varimax(l, eps = 1e-14)$loadings); Phi <- diag(ncol(l))
  length <- sqrt(rowSums(l^2)); start <- x / length; turn <- diag(ncol(l))
  for (step in 1:300) {  # its own step, until nothing moves: it stops where the criterion, which is flat there, does
    z <- start %*% turn
    s <- svd(t(start) %*% (z^3 - z %*% diag(colMeans(z^2)))); turn <- s$u %*% t(s$v)
  }
  x <- start %*% turn * length
  if (how == "promax") {
    U <- solve(t(x) %*% x, t(x) %*% (x * abs(x)^3)); U <- U %*% diag(sqrt(diag(solve(t(U) %*% U))))
    x <- x %*% U; Phi <- solve(t(U) %*% U)
  }
  s <- ifelse(colSums(x) < 0, -1, 1); x <- x %*% diag(s); Phi <- diag(s) %*% Phi %*% diag(s)
  o <- order(-diag(Phi %*% t(x) %*% x))
  list(pattern = x[, o], Phi = Phi[o, o])
}
align <- function(to, x) {
  for (m in seq_len(ncol(to))) {
    phi <- sapply(m:ncol(to), function(c) sum(to[, m] * x[, c]) / sqrt(sum(to[, m]^2) * sum(x[, c]^2)))
    best <- m - 1 + which.max(abs(phi)); x[, c(m, best)] <- x[, c(best, m)]
    if (sum(to[, m] * x[, m]) < 0) x[, m] <- -x[, m]
  }
  x
}
rmsea_end <- function(chi2, df, n, tail) {
  if (pchisq(chi2, df) <= tail) return(0)
  ncp <- uniroot(function(x) pchisq(chi2, df, ncp = x) - tail, c(0, 10 * chi2 + 100), tol = 1e-13)$root
  sqrt(ncp / (n - 1) / df)
}

report <- function(analysis, where, x, k, extract, how, scoring = "regression", parallel = FALSE, parts = NULL) {
  R <- cor(x); n <- nrow(x); p <- ncol(x); kmo <- KMO(R); b <- cortest.bartlett(R, n)
  add(analysis, "factors_summary", where, items = p, n = n, kmo = kmo$MSA, bartlett = b$chisq, bartlett_df = b$df,
      bartlett_p = b$p.value, kaiser = sum(eigen(R)$values > 1), factors = k)
  own <- eigen(R, symmetric = TRUE)$values; common <- common_eigenvalues(R)
  drawn <- if (parallel) lapply(0:99, function(m) random_matrix(1, m, n, p))
  one <- if (parallel) sapply(drawn, function(S) eigen(S, symmetric = TRUE)$values)
  two <- if (parallel) sapply(drawn, common_eigenvalues)
  for (m in 1:p) {
    figures <- list(eigenvalue = own[m], common_eigenvalue = common[m])
    if (parallel) {
      figures <- c(figures, random_mean = mean(one[m, ]), random_high = unname(quantile(one[m, ], .95)))
      # Communalities of one factor of unrelated items have several minima: of the largest eigenvalue some are told apart
      # by the last digits.
      if (m > 1) figures <- c(figures, common_mean = mean(two[m, ]), common_high = unname(quantile(two[m, ], .95)))
    }
    do.call(add, c(list(analysis, "factors_eigenvalues", c(list(number = m), where)), figures))
  }
  f <- extract(R, k); r <- rotate(f$loading, how); L <- r$pattern; S <- L %*% r$Phi
  explained <- diag(r$Phi %*% t(L) %*% L)
  W <- if (scoring == "bartlett") (L / f$unique) %*% solve(t(L / f$unique) %*% L) else solve(R, S)
  validity <- colSums(W * S)^2 / diag(t(W) %*% R %*% W)
  for (m in 1:k) {
    add(analysis, "factors_variance", c(list(factor = m), where), n = n, explained = explained[m],
        percent = 100 * explained[m] / p, cumulative = 100 * sum(explained[1:m]) / p, validity = validity[m])
  }
  main <- apply(abs(L), 1, which.max)
  for (i in 1:p) {
    h <- sum(L[i, ] * S[i, ]); l <- L[i, ]
    add(analysis, "factors_items", c(list(item = items[i]), where), factor = main[i], loading = l[main[i]],
        communality = h, uniqueness = f$unique[i], complexity = sum(l^2)^2 / sum(l^4), kmo = unname(kmo$MSAi[i]))
    for (m in 1:k) {
      at <- c(list(item = items[i], factor = m), where)
      add(analysis, "factors_loadings", at, loading = l[m], structure = S[i, m])
      add(analysis, "factors_weights", at, score_weight = W[i, m], mean = mean(x[, i]), sd = sd(x[, i]))
    }
  }
  if (how == "promax") for (a in 1:k) for (o in 1:k) {
    add(analysis, "factors_correlations", c(list(factor = a, other_factor = o), where), r = r$Phi[a, o])
  }
  left <- R - f$loading %*% t(f$loading); rmsr <- sqrt(mean(left[lower.tri(left)]^2))
  if (is.null(f$f)) {
    add(analysis, "factors_fit", where, factors = k, rmsr = rmsr)
  } else {
    df <- ((p - k)^2 - p - k) / 2; factor <- n - 1 - (2 * p + 5) / 6 - 2 * k / 3; chi2 <- factor * f$f
    none <- -log(det(R)) / (p * (p - 1) / 2)
    add(analysis, "factors_fit", where, rmsr = rmsr, chi2 = chi2, df = df, p = pchisq(chi2, df, lower.tail = FALSE),
        rmsea = sqrt(max(0, chi2 / (df * n) - 1 / (n - 1))), tli = (none - f$f / df) / (none - 1 / factor),
        rmsea_low = rmsea_end(chi2, df, n, .95), rmsea_high = rmsea_end(chi2, df, n, .05))
  }
  for (c in names(constructs)) for (m in 1:k) {
    own <- constructs[[c]]; best <- which.max(colSums(L[own, , drop = FALSE]) / sqrt(length(own) * colSums(L^2)))
    add(analysis, "factors_constructs", c(list(parent = c, factor = m), where), items = length(own), own_factor = best,
        congruence = sum(L[own, m]) / sqrt(length(own) * sum(L[, m]^2)), items_there = sum(main[own] == best))
  }
  if (is.null(parts)) return(invisible())
  # Jackknife: factors of each part in the order and with the signs of the whole.
  left <- lapply(sort(unique(parts)), function(g) {
    keep <- parts != g; align(L, rotate(extract(cor(x[keep, ]), k, f$unique)$loading, how)$pattern)
  })
  m <- length(left); t <- qt(.975, m - 1)
  for (i in 1:p) for (c in 1:k) {
    one <- sapply(left, function(l) l[i, c]); se <- sqrt((m - 1) / m * sum((one - mean(one))^2))
    add(analysis, "factors_intervals", c(list(item = items[i], factor = c), where), loading = L[i, c], se = se,
        ci_low = L[i, c] - t * se, ci_high = L[i, c] + t * se)
  }
}

x <- d[, items]
report("likelihood", list(group = NA), x, 3, likelihood, "promax", parallel = TRUE)
for (m in levels(mood)) report("likelihood", list(group = list(mood = m)), x[mood == m, ], 3, likelihood, "promax")
report("axes", list(group = NA), x, 3, axes, "varimax", scoring = "bartlett", parts = group)
report("components", list(group = NA), x, 3, components, "varimax")

scale <- list(type = "scale", range = c(1, 10))
specification <- list(
  variables = setNames(rep(list(scale), 10), paste0("q", 1:10)),
  constructs = lapply(constructs, function(i) list(items = items[i])),
  derived = list(mood = list(bands = "q1", cuts = c(5, 8), names = levels(mood))),
  replicates = list(groups = 256, seed = 7),
  analyses = list(list(factors = list(name = "likelihood", extraction = "ml", by = "mood")),
                  list(factors = list(name = "axes", factors = 3, rotation = "varimax", scores = "bartlett", intervals = TRUE)),
                  list(factors = list(name = "components", extraction = "components", factors = 3, rotation = "varimax"))))
text <- toJSON(list(source = "R, as tests/stats/golden/factors.R computes it", data = "examples/customersat/customersat.csv",
                    specification = specification), auto_unbox = TRUE)
lines <- sapply(entries, function(e) toJSON(e, auto_unbox = TRUE, digits = NA, na = "null", null = "null"))
writeLines(c(paste0(sub("}$", "", text), ",\"figures\":["), paste0("  ", paste(lines, collapse = ",\n  ")), "]}"),
           "../../analyses/factors.json")
