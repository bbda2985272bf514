namespace AutoGraph.Datasets;

/// <summary>Words that say nothing about aspects: titles, people, profiles and the remarks that make the texts noisy.</summary>
internal static class SampleNames
{
    public static readonly string[] TitleFirst =
    [
        "Copper", "Quiet", "Ninth", "Paper", "Borrowed", "Hollow", "Silver", "Crooked", "Second", "Amber", "Patient", "Blue", "Unfinished", "Glass", "Little",
        "Wooden", "Other", "Painted", "Seventh", "Narrow", "Golden", "Hidden", "Linen", "Broken", "Early", "Green", "Ivory", "Sleeping", "Velvet", "Wandering",
    ];

    public static readonly string[] TitleSecond =
    [
        "Lantern", "Garden", "Clock", "River", "Window", "Orchestra", "Ladder", "Mirror", "Bridge", "Kettle", "Compass", "Umbrella", "Piano", "Staircase", "Hour",
        "Button", "Feather", "Ledger", "Candle", "Envelope", "Violin", "Thread", "Basket", "Doorway", "Teacup", "Notebook", "Sparrow", "Balcony", "Chestnut", "Needle",
    ];

    public static readonly string[] TitlePlace = ["Arvel", "Bresk", "Calloway", "Dunmore", "Esk", "Farrow", "Gant", "Hollis", "Ister"];

    public static readonly string[] FirstNames =
    [
        "Ada", "Bruno", "Clara", "Dario", "Edda", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Leon", "Mira", "Nils", "Olga", "Pavel", "Rosa", "Stefan", "Tilda", "Viktor",
    ];

    public static readonly string[] LastNames =
    [
        "Abner", "Birk", "Calder", "Dorn", "Ekberg", "Falk", "Garrick", "Holm", "Ivers", "Jansen", "Keller", "Lund", "Marek", "Norden", "Orlov", "Petri", "Quist", "Rask", "Sander",
        "Thorne", "Ulven", "Varga", "Weiss", "Yates", "Zoller",
    ];

    public static readonly string[] AgeGroups = ["under 18", "18-24", "25-34", "35-44", "45-54", "55+"];

    public static readonly string[] Countries = ["Arvonia", "Belmark", "Corland", "Delvia", "Estmere", "Fenland", "Galdia", "Hestria"];

    public static readonly string[] Occupations =
    [
        "accountant", "baker", "carpenter", "dentist", "electrician", "florist", "gardener", "journalist", "librarian", "nurse", "programmer", "student",
    ];

    public static readonly string[] BookRemarks =
    [
        "The paperback has a ribbon and a drawing on its cover.", "It was reprinted twice and translated into nine languages.", "Critics argued about the title for months.",
        "The author wrote it on a borrowed typewriter.", "A signed copy was once sold at an auction.", "The publisher printed it on heavy cream paper.",
        "An audio edition runs for eleven hours.", "The dedication thanks a dentist and two cats.", "Its glossary fills the closing pages.", "The first printing contained a spelling mistake.",
        "Several book clubs put it on their lists.", "A prize jury mentioned it in passing.",
    ];

    public static readonly string[] ReaderRemarks =
    [
        "Usually reads on weekends with a pot of tea.", "Keeps a shelf of borrowed copies beside the bed.", "Rarely writes reviews and never lends books.", "Prefers paperbacks because of the weight.",
        "Buys most titles as presents for colleagues.", "Finishes about half of what is started.", "Often listens while cooking dinner.", "Joined the shop after a friend sent a voucher.",
        "Marks pages with old tickets.", "Likes large print and soft covers.",
    ];
}
