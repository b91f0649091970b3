-- Budgets, one row a period, and the leases that replicas hold on them. Money in nanos.
--
-- What is leased counts as spent: `settled + leased <= cap` holds in the row of every budget that has
-- a cap, whatever becomes of the replicas. Without one it is counted alone: a soft budget. What upstreams
-- charged beyond all leases, against what they were asked, is spent too, and stands beside it.

CREATE TABLE gateway_budgets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope text NOT NULL,   -- key, application, person, model, upstream
    name text NOT NULL,
    period text NOT NULL,  -- day, month
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    money_cap bigint,
    money_settled bigint NOT NULL DEFAULT 0,
    money_leased bigint NOT NULL DEFAULT 0,
    money_overrun bigint NOT NULL DEFAULT 0,
    tokens_cap bigint,
    tokens_settled bigint NOT NULL DEFAULT 0,
    tokens_leased bigint NOT NULL DEFAULT 0,
    tokens_overrun bigint NOT NULL DEFAULT 0,
    UNIQUE (scope, name, period, starts),
    CHECK (money_settled >= 0 AND money_leased >= 0 AND tokens_settled >= 0 AND tokens_leased >= 0),
    CHECK (money_cap IS NULL OR money_settled + money_leased <= money_cap),
    CHECK (tokens_cap IS NULL OR tokens_settled + tokens_leased <= tokens_cap)
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

-- Every change of a lease is made while its budget's row is locked: one after the other.

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

-- The row of the period that `clock` lies in, locked, what has ended in it charged.
CREATE FUNCTION gateway_budget(
    of_scope text, of_name text, of_period text, cap_money bigint, cap_tokens bigint,
    clock timestamptz
) RETURNS gateway_budgets
LANGUAGE plpgsql SET TimeZone = 'UTC' AS $$
DECLARE
    first timestamptz := date_trunc(of_period, clock);
    found gateway_budgets;
BEGIN
    SELECT * INTO found FROM gateway_budgets
    WHERE scope = of_scope AND name = of_name AND period = of_period AND starts = first FOR UPDATE;
    IF found.id IS NULL THEN
        INSERT INTO gateway_budgets (scope, name, period, starts, ends, money_cap, tokens_cap)
        VALUES (of_scope, of_name, of_period, first, first + ('1 ' || of_period)::interval,
                cap_money, cap_tokens)
        ON CONFLICT DO NOTHING;
    END IF;
    PERFORM gateway_sweep(id, clock) FROM gateway_budgets
    WHERE scope = of_scope AND name = of_name AND period = of_period AND starts = first;
    SELECT * INTO found FROM gateway_budgets
    WHERE scope = of_scope AND name = of_name AND period = of_period AND starts = first FOR UPDATE;
    RETURN found;
END $$;

-- A lease of at least `need` and at most `want`, and of a quarter of what is left at most where
-- `need` allows that. `money` is null where there is none to give. Asked again, the same answer.
CREATE FUNCTION gateway_grant(
    of_lease uuid, of_replica text, of_scope text, of_name text, of_period text,
    cap_money bigint, need_money bigint, want_money bigint,
    cap_tokens bigint, need_tokens bigint, want_tokens bigint,
    life interval, clock timestamptz
) RETURNS TABLE (
    money bigint, tokens bigint, seconds float8, epoch float8,
    money_spent bigint, money_leased bigint, tokens_spent bigint, tokens_leased bigint
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    b gateway_budgets := gateway_budget(
        of_scope, of_name, of_period, cap_money, cap_tokens, clock);
    free_money bigint := CASE WHEN cap_money IS NULL THEN 4 * want_money
        ELSE greatest(cap_money - b.money_settled - b.money_overrun - b.money_leased, 0) END;
    free_tokens bigint := CASE WHEN cap_tokens IS NULL THEN 4 * want_tokens
        ELSE greatest(cap_tokens - b.tokens_settled - b.tokens_overrun - b.tokens_leased, 0) END;
    give_money bigint := least(want_money, greatest(need_money, free_money / 4));
    give_tokens bigint := least(want_tokens, greatest(need_tokens, free_tokens / 4));
    until timestamptz := least(clock + life, b.ends);
    l gateway_leases;
BEGIN
    SELECT * INTO l FROM gateway_leases WHERE id = of_lease;
    IF l.id IS NOT NULL THEN
        give_money := l.money_granted; give_tokens := l.tokens_granted; until := l.ends;
    ELSIF give_money > free_money OR give_tokens > free_tokens THEN
        give_money := NULL; give_tokens := NULL;
    ELSE
        INSERT INTO gateway_leases (id, budget, replica, ends, money_granted, tokens_granted)
        VALUES (of_lease, b.id, of_replica, until, give_money, give_tokens);
        b.money_leased := b.money_leased + give_money;
        b.tokens_leased := b.tokens_leased + give_tokens;
    END IF;
    -- A cap that was lowered beneath what is spent comes down with what is given back.
    UPDATE gateway_budgets SET
        money_leased = b.money_leased, tokens_leased = b.tokens_leased,
        money_cap = CASE WHEN cap_money IS NOT NULL
            THEN greatest(cap_money, b.money_settled + b.money_leased) END,
        tokens_cap = CASE WHEN cap_tokens IS NOT NULL
            THEN greatest(cap_tokens, b.tokens_settled + b.tokens_leased) END
    WHERE id = b.id;
    RETURN QUERY SELECT give_money, give_tokens,
        extract(epoch FROM until - clock)::float8, extract(epoch FROM clock)::float8,
        b.money_settled + b.money_overrun, b.money_leased,
        b.tokens_settled + b.tokens_overrun, b.tokens_leased;
END $$;

-- What replicas say of their leases: settled so far (never less than before), and of what was
-- granted as much as they still want (never more than before). So it does no harm to say it twice,
-- late or out of order. A lease that is not charged is prolonged; one that is done with goes.
CREATE FUNCTION gateway_settle(
    ids uuid[], settled_money bigint[], granted_money bigint[], overrun_money bigint[],
    settled_tokens bigint[], granted_tokens bigint[], overrun_tokens bigint[],
    life interval, clock timestamptz
) RETURNS TABLE (
    id uuid, open boolean, seconds float8,
    money_spent bigint, money_leased bigint, tokens_spent bigint, tokens_leased bigint
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    told record;
    l gateway_leases;
    b gateway_budgets;
    money bigint; money_left bigint; tokens bigint; tokens_left bigint;
BEGIN
    FOR told IN
        SELECT said.*, leases.budget
        FROM unnest(ids, settled_money, granted_money, overrun_money,
                    settled_tokens, granted_tokens, overrun_tokens)
             AS said (lease, settled, granted, overrun, t_settled, t_granted, t_overrun)
        JOIN gateway_leases AS leases ON leases.id = said.lease
        ORDER BY leases.budget, said.lease
    LOOP
        PERFORM FROM gateway_budgets WHERE gateway_budgets.id = told.budget FOR UPDATE;
        PERFORM gateway_sweep(told.budget, clock);
        SELECT * INTO b FROM gateway_budgets WHERE gateway_budgets.id = told.budget;
        SELECT * INTO l FROM gateway_leases WHERE gateway_leases.id = told.lease;
        CONTINUE WHEN l.id IS NULL;
        money_left := greatest(least(l.money_granted, told.granted), l.money_settled);
        money := least(greatest(l.money_settled, told.settled), money_left);
        tokens_left := greatest(least(l.tokens_granted, told.t_granted), l.tokens_settled);
        tokens := least(greatest(l.tokens_settled, told.t_settled), tokens_left);
        IF l.charged THEN
            b.money_settled := b.money_settled + money_left - l.money_granted;
            b.tokens_settled := b.tokens_settled + tokens_left - l.tokens_granted;
        ELSE
            b.money_settled := b.money_settled + money - l.money_settled;
            b.money_leased := b.money_leased + (money_left - money)
                - (l.money_granted - l.money_settled);
            b.tokens_settled := b.tokens_settled + tokens - l.tokens_settled;
            b.tokens_leased := b.tokens_leased + (tokens_left - tokens)
                - (l.tokens_granted - l.tokens_settled);
            l.ends := greatest(l.ends, least(clock + life, b.ends));
        END IF;
        b.money_overrun := b.money_overrun + greatest(told.overrun - l.money_overrun, 0);
        b.tokens_overrun := b.tokens_overrun + greatest(told.t_overrun - l.tokens_overrun, 0);
        UPDATE gateway_budgets SET
            money_settled = b.money_settled, money_leased = b.money_leased,
            tokens_settled = b.tokens_settled, tokens_leased = b.tokens_leased,
            money_overrun = b.money_overrun, tokens_overrun = b.tokens_overrun
        WHERE gateway_budgets.id = b.id;
        IF money = money_left AND tokens = tokens_left THEN
            DELETE FROM gateway_leases WHERE gateway_leases.id = l.id;
        ELSE
            UPDATE gateway_leases SET ends = l.ends,
                money_settled = money, money_granted = money_left,
                money_overrun = greatest(gateway_leases.money_overrun, told.overrun),
                tokens_settled = tokens, tokens_granted = tokens_left,
                tokens_overrun = greatest(gateway_leases.tokens_overrun, told.t_overrun)
            WHERE gateway_leases.id = l.id;
        END IF;
        RETURN QUERY SELECT l.id, NOT l.charged, extract(epoch FROM l.ends - clock)::float8,
            b.money_settled + b.money_overrun, b.money_leased,
            b.tokens_settled + b.tokens_overrun, b.tokens_leased;
    END LOOP;
END $$;
