-- Budgets, one row a period, and the leases that replicas hold on them. Money in nanos.
--
-- What is leased counts as spent: `settled + leased <= cap` holds in the row of every hard budget,
-- whatever becomes of the replicas. A null cap is not counted.

CREATE TABLE gateway_budgets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope text NOT NULL,   -- key, application, person, model, upstream
    name text NOT NULL,
    period text NOT NULL,  -- day, month
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    hard boolean NOT NULL,
    money_cap bigint,
    money_settled bigint NOT NULL DEFAULT 0,
    money_leased bigint NOT NULL DEFAULT 0,
    money_overrun bigint NOT NULL DEFAULT 0,  -- charged by upstreams beyond what they were asked for
    tokens_cap bigint,
    tokens_settled bigint NOT NULL DEFAULT 0,
    tokens_leased bigint NOT NULL DEFAULT 0,
    tokens_overrun bigint NOT NULL DEFAULT 0,
    UNIQUE (scope, name, period, starts),
    CHECK (money_settled >= 0 AND money_leased >= 0 AND tokens_settled >= 0 AND tokens_leased >= 0),
    CHECK (NOT hard OR money_cap IS NULL OR money_settled + money_leased <= money_cap),
    CHECK (NOT hard OR tokens_cap IS NULL OR tokens_settled + tokens_leased <= tokens_cap)
);

CREATE TABLE gateway_leases (
    id uuid PRIMARY KEY,  -- chosen by the replica, so that it may ask again after a lost answer
    budget bigint NOT NULL REFERENCES gateway_budgets ON DELETE CASCADE,
    replica text NOT NULL,
    ends timestamptz NOT NULL,
    charged boolean NOT NULL DEFAULT false,  -- it ended unheard of: all of it counts as spent
    money_granted bigint NOT NULL,
    money_settled bigint NOT NULL DEFAULT 0,
    money_overrun bigint NOT NULL DEFAULT 0,
    tokens_granted bigint NOT NULL,
    tokens_settled bigint NOT NULL DEFAULT 0,
    tokens_overrun bigint NOT NULL DEFAULT 0,
    CHECK (money_settled BETWEEN 0 AND money_granted),
    CHECK (tokens_settled BETWEEN 0 AND tokens_granted)
);
CREATE INDEX gateway_leases_open ON gateway_leases (budget) WHERE NOT charged;
CREATE INDEX gateway_leases_ends ON gateway_leases (ends);

-- A lease that has ended is charged whole, since nobody knows what its replica did with it.
CREATE FUNCTION gateway_sweep(of_budget bigint, clock timestamptz) RETURNS void
LANGUAGE sql AS $$
    WITH ended AS (
        UPDATE gateway_leases SET charged = true
        WHERE budget = of_budget AND NOT charged AND ends <= clock
        RETURNING money_granted - money_settled AS money, tokens_granted - tokens_settled AS tokens
    ), sums AS (
        SELECT sum(money)::bigint AS money, sum(tokens)::bigint AS tokens FROM ended
    )
    UPDATE gateway_budgets SET
        money_settled = money_settled + sums.money, money_leased = money_leased - sums.money,
        tokens_settled = tokens_settled + sums.tokens, tokens_leased = tokens_leased - sums.tokens
    FROM sums WHERE id = of_budget AND sums.money IS NOT NULL
$$;
