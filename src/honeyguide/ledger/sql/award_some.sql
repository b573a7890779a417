-- The usual awards of several callers, all or none of them; the answer of ledger_award for each, with its number. Accounts are
-- locked in their order first. See ledger/postgres.py.
CREATE FUNCTION ledger_award_some(
    p_units text[], p_owners text[], p_points bigint[], p_keys text[], p_bodies text[], p_idents text[],
    p_sources text[], p_days date[], p_expires date[], p_sequences bigint[], p_nows timestamptz[], p_actors text[],
    p_references text[], p_reasons text[]
) RETURNS TABLE (n bigint, answer bigint[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger_account a JOIN unnest(p_units, p_owners) AS g (unit, owner) ON a.unit = g.unit AND a.owner = g.owner
    ORDER BY a.id FOR NO KEY UPDATE OF a;
    RETURN QUERY SELECT g.n, ledger_award(g.unit, g.owner, g.points, g.key, g.body, g.ident, g.source, g.day, g.expires,
                                          g.sequence, g.at, g.actor, g.reference, g.reason)
    FROM unnest(p_units, p_owners, p_points, p_keys, p_bodies, p_idents, p_sources, p_days, p_expires, p_sequences,
                p_nows, p_actors, p_references, p_reasons) WITH ORDINALITY
        AS g (unit, owner, points, key, body, ident, source, day, expires, sequence, at, actor, reference, reason, n);
END $$;
