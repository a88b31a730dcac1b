"""What the data-protection summary says around the numbers, in Finnish and English."""

from __future__ import annotations

from ..model import Words

__all__ = ["say"]

_TEXTS = {
    "title": ("Tietosuojakooste", "Data-protection summary"),
    "lead": (
        "Koottu {day} tutkimuksen omista tiedostoista. Luvut ovat rivien tai tekstien määriä; "
        "kenenkään sanoja, nimiä tai yhteystietoja tässä ei ole.",
        "Made on {day} from the study's own files. Figures are numbers of rows or texts; nobody's "
        "words, names or contacts are in it.",
    ),
    "why": ("Miksi tietoja käsitellään", "Why data are held"),
    "controller": ("Rekisterinpitäjä", "Controller"),
    "purpose": ("Tarkoitus", "Purpose"),
    "ground": ("Oikeusperuste", "Legal ground"),
    "unsaid": (
        "ei sanottu: kirjoita se study.toml-tiedoston [privacy]-osaan",
        "not said: write it under [privacy] in study.toml",
    ),
    "held": ("Mitä tietoja on", "What is held"),
    "held_note": (
        "Nimet ja yhteystiedot ovat vain tutkimustiedostossa, omassa taulussaan.",
        "Names and contacts stand in the study file only, in a table of their own.",
    ),
    "documents_interview": ("Haastatteluja", "Interviews"),
    "documents_observation": ("Havainnointimuistiinpanoja", "Observation notes"),
    "documents_diary": ("Päiväkirjoja", "Diaries"),
    "documents_workshop": ("Työpajamuistiinpanoja", "Workshop notes"),
    "documents_feedback": ("Palautteita", "Pieces of feedback"),
    "people": ("Vastaajia", "Respondents"),
    "comments": ("Avovastauksia", "Open comments"),
    "answers": ("Vastauksia suljettuihin kysymyksiin", "Answers to closed questions"),
    "customers": ("Asiakasrivejä (avaimet salattu)", "Customer rows (hashed keys)"),
    "codings": ("Koodauksia", "Codings"),
    "memos": ("Muistioita", "Memos"),
    "key": ("Avaintaulun nimiä", "Names in the pseudonym key"),
    "personal_field": ("Henkilötieto {whose}: {field}", "Personal column {whose}: {field}"),
    "of_respondent": ("vastaajasta", "of respondents"),
    "of_response": ("vastauksesta", "of responses"),
    "of_customer": ("asiakkaasta", "of customers"),
    "until": ("Kuinka kauan", "Until when"),
    "consents": (
        "Suostumuksen päivä on kirjattu {n} aineistolle {all}:sta.",
        "A day of consent is on record for {n} of {all} documents.",
    ),
    "until_document": ("Aineistoja", "Documents"),
    "until_comments": ("Avovastauksia, kysely", "Open comments, survey"),
    "no_day": ("ei päivää", "no day given"),
    "overdue": ("aika on ylittynyt, poista: cxresearch retention --purge",
                "time is up, purge: cxresearch retention --purge"),
    "where": ("Missä tiedot ovat", "Where it lies"),
    "where_note": (
        "Kansiot on sanottu tutkimuksen datakansiosta katsoen. Julkaistu kansio on ainoa, jota "
        "muut kuin tutkijat näkevät.",
        "Folders are told from the study's data folder. The published folder is the only one that "
        "others than researchers see.",
    ),
    "study_file": ("Tutkimustiedosto: tekstit, koodaukset, nimet, tapahtumaloki",
                   "Study file: texts, codings, names, event log"),
    "backups": ("Tutkimustiedoston varmuuskopiot", "Backups of the study file"),
    "processed": ("Rakennettavat taulukot: vastaukset, avovastaukset, tulokset",
                  "Rebuildable tables: answers, comments, results"),
    "published": ("Julkaistu sivu: koosteet ja hyväksytyt sitaatit",
                  "Published page: totals and approved quotes"),
    "raw": ("Lähdeaineisto, sellaisena kuin se annettiin", "Source files, as they were given"),
    "receipts": ("Poistojen kuitit", "Receipts of erasures"),
    "who": ("Ketkä ovat käsitelleet tietoja", "Who has worked on it"),
    "who_note": (
        "Tapahtumaloki kertoo, kuka teki mitä ja milloin. Käsin tehtyjä tekoja on:",
        "The event log says who did what and when. Acts by hand:",
    ),
    "nobody": ("Käsin tehtyjä tekoja ei ole.", "Nobody has done anything by hand."),
    "acts": ("{n} tekoa", "{n} acts"),
    "protection": ("Miten ihmisiä suojataan", "How people are protected"),
    "hashed": (
        "Asiakkaiden ja kyselyvastaajien tunnukset ovat muualla kuin tutkimustiedostossa "
        "suolattuja tiivisteitä.",
        "Outside the study file, ids of customers and survey respondents are salted hashes.",
    ),
    "reviewed": (
        "Henkilötietojen varalta on luettu {n} aineistoa {all}:sta; {personal} kohtaa on merkitty "
        "henkilötiedoksi ja korvataan peitenimellä.",
        "{n} of {all} documents have been read for personal words; {personal} passages are marked "
        "as personal and become pseudonyms.",
    ),
    "quotes": (
        "Julkaistavaksi on hyväksytty {n} sitaattia, kukin erikseen, vain luetuista aineistoista.",
        "{n} quotes are approved for publishing, one by one and of documents that were read only.",
    ),
    "cells": (
        "Alle {minimum} vastaajan ryhmiä ei julkaista.",
        "Groups of fewer than {minimum} respondents are not published.",
    ),
    "offline": (
        "Ohjelma toimii tällä koneella eikä lähetä tietoja minnekään.",
        "The program works on this machine and sends nothing anywhere.",
    ),
    "erased": ("Mitä on poistettu", "What was erased"),
    "withdrawn": (
        "Suostumuksensa perui ja poistettiin kokonaan {n} vastaajaa.",
        "{n} respondents withdrew and were erased whole.",
    ),
    "purged": (
        "Säilytysajan ylittäneinä poistettiin {n} tekstiä tai kyselyä; niiden {counted} koodauksen "
        "määrät säilyivät.",
        "{n} texts or surveys were erased as their time was up; the counts of their {counted} "
        "codings were kept.",
    ),
    "rights": ("Tutkittavan oikeudet", "Rights of respondents"),
    "rights_how": (
        "Vastaaja voi perua suostumuksensa: komento cxresearch withdraw TUTKIMUS VASTAAJA poistaa "
        "kaiken hänestä ja kirjoittaa kuitin. Hänen tekstinsä ja vastauksensa saa esiin "
        "tutkimustiedostosta tunnuksella.",
        "A respondent may withdraw: cxresearch withdraw STUDY RESPONDENT erases everything of "
        "theirs and writes a receipt. Their texts and answers are found in the study file by id.",
    ),
}  # fmt: skip


def say(name: str, language: str, **values: object) -> str:
    """A text of the summary; `values` fill its {places}."""
    fi, en = _TEXTS[name]
    text = Words(fi=fi, en=en).to(language)
    return text.format(**values) if values else text
