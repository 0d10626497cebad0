-- search('drone port'): titles, sentences and quotations with the words of a query in any of their forms; those with
-- most of the words first, among them by BM25 (k1 = 1.2, b = 0.75). Words in double quotation marks must stand there as
-- written.
-- A word that no text has is taken for a form of the longest stem that it begins with, where the rest is an ending.
create or replace macro main.search(terms, max_rows := 100) as table
    with asked as (
        select distinct unnest(
            regexp_extract_all(regexp_replace(lower(strip_accents(terms)), '[''’]s\b', '', 'g'), '[\p{L}\p{N}]+')
        ) as word
    ),

    -- A stem as the forms of its word begin: price is pric in pricing, ferri is ferr in ferry.
    bases as (
        select
            stem,
            regexp_replace(stem, '[ei]$', '') as base
        from core.word_stems
    ),

    -- A doubled letter is no part of an ending: planning, plan.
    guesses as (
        select
            asked.word,
            max_by(bases.stem, length(bases.stem)) as stem
        from asked
        inner join bases on starts_with(asked.word, bases.base) and length(bases.base) >= 3
        where
            asked.word not in (select word from core.word_stems)
            and regexp_matches(
                substring(
                    asked.word,
                    length(bases.base) + 1
                    + cast(substring(asked.word, length(bases.base) + 1, 1) = right(bases.base, 1) as integer)
                ),
                '^(s|e|es|ed|ing|ings|er|ers|y|ies|ied|i?ation|i?ations|i?at(ed|es|ing|e|or|ors)|ion|ions|ly|al)?$'
            )
        group by asked.word
    ),

    known as (
        select word_stems.stem
        from asked
        inner join core.word_stems as word_stems on asked.word = word_stems.word
        union
        select stem from guesses
    ),

    hits as (
        select
            tokens.*,
            count(*) over (partition by tokens.stem) as passage_count
        from main.search_tokens as tokens
        where tokens.stem in (select stem from known)
    ),

    corpus as (
        select
            count(*) as passage_count,
            avg(word_count) as mean_words
        from main.search_passages
    ),

    phrases as (
        select list_transform(regexp_extract_all(terms, '"([^"]+)"', 1), lambda phrase: lower(trim(phrase))) as texts
    ),

    ranked as (
        select
            passages.passage_id,
            count(*) as matched_count,
            sum(
                ln(1 + (corpus.passage_count - hits.passage_count + 0.5) / (hits.passage_count + 0.5))
                * hits.token_count * 2.2
                / (hits.token_count + 1.2 * (0.25 + 0.75 * passages.word_count / corpus.mean_words))
            ) as score
        from hits
        inner join main.search_passages as passages on hits.passage_id = passages.passage_id
        cross join corpus
        cross join phrases
        where
            list_bool_and(
                list_transform(phrases.texts, lambda phrase: contains(lower(passages.text), phrase))
            ) is not false
        group by passages.passage_id
    )

    select
        round(ranked.score, 3) as score,
        ranked.matched_count,
        passages.kind,
        passages.text,
        documents.title,
        documents.published_date,
        documents.source_name,
        documents.is_counted,
        passages.document_id,
        passages.start_char,
        passages.end_char
    from ranked
    inner join main.search_passages as passages on ranked.passage_id = passages.passage_id
    inner join main.dim_documents as documents on passages.document_id = documents.document_id
    order by
        ranked.matched_count desc,
        ranked.score desc,
        documents.published_date,
        passages.document_id,
        passages.kind,
        passages.start_char,
        passages.end_char
    limit max_rows;

-- said('Dahl', 'fisheries'): what a person, or anyone who speaks for a body or a country of that name, said on a topic;
-- quotations with most of its words first, then the latest. A speaker is known by the words of the name, in the
-- canonical name, an alias or the text. The topic is searched as search() does, in the quotation and in its sentence;
-- without a topic, everything the person said.
create or replace macro main.said(person, topic := '', max_rows := 100) as table
    with wanted as (
        select regexp_extract_all(lower(strip_accents(person)), '[\p{L}\p{N}]+') as words
    ),

    names as (
        select
            quotations.quotation_id,
            regexp_extract_all(
                lower(
                    strip_accents(
                        unnest([quotations.speaker_name, quotations.speaker_text] || coalesce(entities.aliases, []))
                    )
                ),
                '[\p{L}\p{N}]+'
            ) as words
        from main.fct_quotations as quotations
        left join main.dim_entities as entities on quotations.speaker_entity_id = entities.entity_id
    ),

    spoken as (
        select distinct names.quotation_id
        from names
        cross join wanted
        where len(wanted.words) > 0 and list_has_all(names.words, wanted.words)
    ),

    found as (
        select
            document_id,
            kind,
            start_char,
            max(matched_count) as matched_count
        from main.search(topic, max_rows := 1000000)
        group by all
    )

    select
        quotations.published_date,
        quotations.speaker_name,
        trim(regexp_replace(quotations.text, '\s+', ' ', 'g')) as text,
        quotations.kind,
        greatest(coalesce(in_quotation.matched_count, 0), coalesce(in_sentence.matched_count, 0)) as matched_count,
        quotations.title,
        quotations.source_name,
        quotations.is_counted,
        quotations.document_id,
        quotations.start_char,
        quotations.end_char,
        quotations.quotation_id
    from spoken
    inner join main.fct_quotations as quotations on spoken.quotation_id = quotations.quotation_id
    left join found as in_quotation
        on
            in_quotation.kind = 'quotation'
            and quotations.document_id = in_quotation.document_id
            and quotations.start_char = in_quotation.start_char
    left join found as in_sentence
        on
            in_sentence.kind = 'sentence'
            and quotations.document_id = in_sentence.document_id
            and quotations.sentence_start_char = in_sentence.start_char
    where trim(topic) = '' or in_quotation.matched_count is not null or in_sentence.matched_count is not null
    order by
        matched_count desc, quotations.published_date desc nulls last, quotations.document_id, quotations.start_char
    limit max_rows;
