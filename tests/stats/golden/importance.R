# Reference values for tests/stats/importance_test.c: Johnson's relative weights by eigen, LMG by all subsets.
r <- matrix(c(1, .5, .3, -.2, .6,  .5, 1, .4, .1, .5,  .3, .4, 1, .25, .35,  -.2, .1, .25, 1, -.3,  .6, .5, .35, -.3, 1), 5)
groups <- list(1, 2, c(3, 4))
p <- 4; y <- 5
R <- r[1:p, 1:p]; ry <- r[1:p, y]
e <- eigen(R); lambda <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
w <- drop(lambda^2 %*% solve(lambda, ry)^2)
r2 <- function(s) { k <- unlist(groups[s]); if (length(k) == 0) 0 else drop(t(ry[k]) %*% solve(R[k, k], ry[k])) }
m <- length(groups)
lmg <- sapply(1:m, function(j) {
  others <- setdiff(1:m, j); total <- 0
  for (b in 0:(2^(m - 1) - 1)) {
    s <- others[bitwAnd(b, 2^(seq_along(others) - 1)) > 0]
    total <- total + factorial(length(s)) * factorial(m - length(s) - 1) / factorial(m) * (r2(c(s, j)) - r2(s))
  }
  total
})
options(digits = 17)
cat("relative weights", sapply(groups, function(k) sum(w[k])), "\nlmg", lmg, "\nr2", r2(1:m), "\n")
