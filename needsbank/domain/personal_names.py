"""What names of people look like in Finnish, Swedish and English texts."""

import re

_FIRST = (
    "aada aaro aino aki aku alina anja anna anne anneli annika annikki ann antero antti ari arja"
    " armas arttu arvo asta aulis auli eeli eero eetu eeva eija eila eino elina elisa elli elsa"
    " emilia emma ensio erik erkki essi esko fanni fredrik gun gustav hanna hannele hannu harri"
    " heidi heikki helena helga helge heli helinä helmi henna henri hilja hilkka iida iiris ilkka"
    " ilmari ilona inga inkeri irja irma isto jaakko jaana jan jani janne jari jarmo johan johanna"
    " jonna jorma jouko jouni juha juhani jukka jussi juuso kaarina kaija kaisa kalevi kalle karin"
    " karl katja katri kauko kerttu kimmo kirsi kirsti kjell krister kristiina kyllikki kyösti"
    " lahja lars lasse laura lauri lea leena leif lena leo liisa linnea lotta maarit magnus maija"
    " maire marja marjatta marjut marko markku martta martti matias matti mauno mia mika mikael"
    " mikko minna mirja mirjam nea niilo niina oiva olavi olli onni orvokki oskari outi paavo"
    " paula pauli pekka pentti per pertti petra petri petteri pia pirjo pirkko päivi raija raili"
    " raimo rauha rauni reijo reino riitta risto ritva roope saara saija salla sami samuel sanna"
    " sara sari satu seija seppo siiri silja simo sinikka sirkka sirpa sisko sofia sofie sten"
    " susanna sven taina taisto taneli tapani tapio tarja tarmo tauno teemu teija terhi terttu"
    " tiina timo toini tommi toni topi tuija tuomas tuula tuulikki tyyne ulla unto urho urpo vappu"
    " veera veijo veikko vieno viljami viljo ville virpi voitto väinö yrjö åke"
    " agneta anders astrid barbro bengt birgitta bo britta charlotta elisabeth eva folke göran"
    " gunilla gunnar hans håkan ingrid jonas kerstin kristina lennart maria margareta marianne"
    " mats nils olof pernilla peter rolf solveig stig thomas ulf viveca"
    " alice andrew ann barbara charles david dorothy edward elizabeth emily george helen henry"
    " jack james jane jennifer john joseph karen linda lucy margaret mary michael nancy patricia"
    " paul richard robert ruth sarah simon steven susan william"
)
FIRST_NAMES = frozenset(_FIRST.split())

_CASES = r"(?:n|in|a|ä|ia|lla|llä|lle|lta|ltä|sta|stä|ssa|ssä|s|'s|’s)?"
_SURNAME_ENDS = (
    r"(?:nen|s(?:en|elle|ella|ellä|elta|eltä|ta|tä)|sson|ström|berg|lund|qvist|kvist|blom|holm"
    r"|gren|roos|mäki|mäen|niemi|niemen|lahti|lahden|saari|saaren|salo|salon|koski|kosken|järvi"
    r"|järven|aho|lehto|lampi|ranta|vuori|laine|laakso|suo|harju|kangas)"
)
WORD = r"[^\W\d_a-zåäö][\w'’-]*[^\W\d_]"
"""A word with a capital letter."""
SURNAME = rf"[^\W\d_a-zåäö][\w-]*{_SURNAME_ENDS}{_CASES}"
INITIALS = r"[^\W\d_a-zåäö]\.\s?(?:[^\W\d_a-zåäö]\.|[^\W\d_a-zåäö][\w-]+)"

_COMPANIES = re.compile(
    r"\s+(?:Oyj?|Ab|Abp|ry|rf|Ltd|Inc|Konepaja|Konserni|kunta|säätiö)\b", re.IGNORECASE
)
_CASE_ENDS = re.compile(r"(?:'s|’s|lla|llä|lle|lta|ltä|sta|stä|ssa|ssä|in|n|a|ä|s)$")


def is_first_name(word: str) -> bool:
    """Whether a word, in whatever case ending, is a common first name."""
    lower = word.lower()
    stem = _CASE_ENDS.sub("", lower)
    # "Matin" is of "Matti", "Pekan" of "Pekka".
    weak = stem[:-1] + stem[-2:] if len(stem) > 2 else stem
    return not FIRST_NAMES.isdisjoint({lower, stem, weak, *lower.split("-")})


def is_company(text: str, end: int) -> bool:
    """Whether what ends here is the beginning of a company's or an association's name."""
    return _COMPANIES.match(text, end) is not None
