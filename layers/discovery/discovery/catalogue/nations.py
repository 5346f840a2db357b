"""Countries and languages by the adjectives that name them; read in queries, and in the texts of an import."""

from collections.abc import Sequence
from functools import cache

_ADJECTIVES = """American:United_States Argentine:Argentina Argentinian:Argentina Australian:Australia Austrian:Austria
    Belgian:Belgium Bolivian:Bolivia Brazilian:Brazil British:United_Kingdom Bulgarian:Bulgaria Canadian:Canada
    Chilean:Chile Chinese:China Colombian:Colombia Croatian:Croatia Cuban:Cuba Czech:Czech_Republic Danish:Denmark
    Dutch:Netherlands Egyptian:Egypt English:United_Kingdom Estonian:Estonia Filipino:Philippines Finnish:Finland
    French:France German:Germany Greek:Greece Hungarian:Hungary Icelandic:Iceland Indian:India Indonesian:Indonesia
    Iranian:Iran Irish:Ireland Israeli:Israel Italian:Italy Jamaican:Jamaica Japanese:Japan Korean:South_Korea
    Lebanese:Lebanon Malaysian:Malaysia Mexican:Mexico Moroccan:Morocco Nigerian:Nigeria Norwegian:Norway
    Pakistani:Pakistan Peruvian:Peru Polish:Poland Portuguese:Portugal Romanian:Romania Russian:Russia
    Scottish:United_Kingdom Senegalese:Senegal Serbian:Serbia Slovak:Slovakia Soviet:Soviet_Union Spanish:Spain
    Swedish:Sweden Swiss:Switzerland Taiwanese:Taiwan Thai:Thailand Tunisian:Tunisia Turkish:Turkey
    Ukrainian:Ukraine Uruguayan:Uruguay Venezuelan:Venezuela Vietnamese:Vietnam Welsh:United_Kingdom"""

COUNTRY_OF = {
    adjective.casefold(): country.replace("_", " ")
    for adjective, _, country in (pair.partition(":") for pair in _ADJECTIVES.split())
}
"""Country by case-folded adjective; of those whose people share one, the country that makes most films."""

_LANGUAGES = """arabic bengali bulgarian cantonese catalan croatian czech danish dutch english estonian finnish french
    gaelic german greek hebrew hindi hungarian icelandic indonesian irish italian japanese korean malayalam mandarin
    marathi norwegian persian polish portuguese punjabi romanian russian serbian spanish swedish tagalog tamil telugu
    thai turkish ukrainian urdu vietnamese welsh yiddish"""

LANGUAGES = frozenset(_LANGUAGES.split())
"""Names of languages, case-folded."""

INDUSTRIES = {
    "bollywood": ("India", "Hindi"),
    "kollywood": ("India", "Tamil"),
    "mollywood": ("India", "Malayalam"),
    "tollywood": ("India", "Telugu"),
    "nollywood": ("Nigeria", "English"),
    "k-drama": ("South Korea", "Korean"),
    "k-dramas": ("South Korea", "Korean"),
    "kdrama": ("South Korea", "Korean"),
    "kdramas": ("South Korea", "Korean"),
    "j-horror": ("Japan", "Japanese"),
}
"""Country and language by what people call all that is made there."""


@cache
def adjectives(country: str) -> Sequence[str]:
    """How something from a country is called: "south korea" is "korean"; nothing for one that is not known."""
    return tuple(adjective for adjective, named in COUNTRY_OF.items() if named.casefold() == country.casefold())
