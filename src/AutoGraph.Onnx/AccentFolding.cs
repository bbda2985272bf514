using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace AutoGraph.Onnx;

/// <summary>Unicode's canonical decomposition without the marks: é → e, Å → A, が → か; Hangul syllables become their letters.</summary>
/// <remarks>
/// <see cref="string.Normalize()"/> does nothing in programs with <c>InvariantGlobalization</c>, and a vector must not depend on that setting.
/// The table holds every character of the basic plane that decomposes into one other of it and marks (Unicode 14).
/// </remarks>
internal static class AccentFolding
{
    private const int FirstSyllable = 0xAC00, LastSyllable = 0xD7A3, FirstLead = 0x1100, FirstVowel = 0x1161, FirstTail = 0x11A7, Vowels = 21, Tails = 28;

    // Pairs: character, base.
    private const string Table =
        "ÀAÁAÂAÃAÄAÅAÇCÈEÉEÊEËEÌIÍIÎIÏIÑNÒOÓOÔOÕOÖOÙUÚUÛUÜUÝYàaáaâaãaäaåaçcèeéeêeëeìiíiîiïiñnòoóoôoõoöoùuúuûuüuýyÿyĀAāaĂAăaĄAąaĆCćcĈCĉcĊCċcČCčcĎDďdĒEēeĔEĕeĖEėe" +
        "ĘEęeĚEěeĜGĝgĞGğgĠGġgĢGģgĤHĥhĨIĩiĪIīiĬIĭiĮIįiİIĴJĵjĶKķkĹLĺlĻLļlĽLľlŃNńnŅNņnŇNňnŌOōoŎOŏoŐOőoŔRŕrŖRŗrŘRřrŚSśsŜSŝsŞSşsŠSšsŢTţtŤTťtŨUũuŪUūuŬUŭuŮUůuŰUűuŲUųu" +
        "ŴWŵwŶYŷyŸYŹZźzŻZżzŽZžzƠOơoƯUưuǍAǎaǏIǐiǑOǒoǓUǔuǕUǖuǗUǘuǙUǚuǛUǜuǞAǟaǠAǡaǢÆǣæǦGǧgǨKǩkǪOǫoǬOǭoǮƷǯʒǰjǴGǵgǸNǹnǺAǻaǼÆǽæǾØǿøȀAȁaȂAȃaȄEȅeȆEȇeȈIȉiȊIȋiȌOȍoȎOȏoȐR" +
        "ȑrȒRȓrȔUȕuȖUȗuȘSșsȚTțtȞHȟhȦAȧaȨEȩeȪOȫoȬOȭoȮOȯoȰOȱoȲYȳy\u0374\u02B9\u037E\u003B\u0385\u00A8ΆΑ\u0387\u00B7ΈΕΉΗΊΙΌΟΎΥΏΩΐιΪΙΫΥάαέεήηίιΰυϊιϋυόούυώωϓϒϔϒЀЕЁЕ" +
        "ЃГЇІЌКЍИЎУЙИйиѐеёеѓгїіќкѝиўуѶѴѷѵӁЖӂжӐАӑаӒАӓаӖЕӗеӚӘӛәӜЖӝжӞЗӟзӢИӣиӤИӥиӦОӧоӪӨӫөӬЭӭэӮУӯуӰУӱуӲУӳуӴЧӵчӸЫӹы\u0622\u0627\u0623\u0627\u0624\u0648\u0625\u0627\u0626\u064A" +
        "\u06C0\u06D5\u06C2\u06C1\u06D3\u06D2ऩनऱरऴळक़कख़खग़गज़जड़डढ़ढफ़फय़यড়ডঢ়ঢয়যਲ਼ਲਸ਼ਸਖ਼ਖਗ਼ਗਜ਼ਜਫ਼ਫ\u0B48\u0B47ଡ଼ଡଢ଼ଢ\u0CC0\u0CD5\u0CC7\u0CD5\u0CC8\u0CD6\u0CCA\u0CC2\u0DDA\u0DD9" +
        "གྷགཌྷཌདྷདབྷབཛྷཛཀྵཀဦဥ\u1B3B\u1B35\u1B3D\u1B35\u1B43\u1B35ḀAḁaḂBḃbḄBḅbḆBḇbḈCḉcḊDḋdḌDḍdḎDḏdḐDḑdḒDḓdḔEḕeḖEḗeḘEḙeḚEḛeḜEḝeḞFḟfḠGḡgḢHḣhḤHḥhḦHḧhḨHḩhḪHḫhḬIḭiḮIḯiḰKḱk" +
        "ḲKḳkḴKḵkḶLḷlḸLḹlḺLḻlḼLḽlḾMḿmṀMṁmṂMṃmṄNṅnṆNṇnṈNṉnṊNṋnṌOṍoṎOṏoṐOṑoṒOṓoṔPṕpṖPṗpṘRṙrṚRṛrṜRṝrṞRṟrṠSṡsṢSṣsṤSṥsṦSṧsṨSṩsṪTṫtṬTṭtṮTṯtṰTṱtṲUṳuṴUṵuṶUṷuṸUṹuṺUṻuṼV" +
        "ṽvṾVṿvẀWẁwẂWẃwẄWẅwẆWẇwẈWẉwẊXẋxẌXẍxẎYẏyẐZẑzẒZẓzẔZẕzẖhẗtẘwẙyẛſẠAạaẢAảaẤAấaẦAầaẨAẩaẪAẫaẬAậaẮAắaẰAằaẲAẳaẴAẵaẶAặaẸEẹeẺEẻeẼEẽeẾEếeỀEềeỂEểeỄEễeỆEệeỈIỉiỊIịiỌO" +
        "ọoỎOỏoỐOốoỒOồoỔOổoỖOỗoỘOộoỚOớoỜOờoỞOởoỠOỡoỢOợoỤUụuỦUủuỨUứuỪUừuỬUửuỮUữuỰUựuỲYỳyỴYỵyỶYỷyỸYỹyἀαἁαἂαἃαἄαἅαἆαἇαἈΑἉΑἊΑἋΑἌΑἍΑἎΑἏΑἐεἑεἒεἓεἔεἕεἘΕἙΕἚΕἛΕἜΕἝΕἠηἡη" +
        "ἢηἣηἤηἥηἦηἧηἨΗἩΗἪΗἫΗἬΗἭΗἮΗἯΗἰιἱιἲιἳιἴιἵιἶιἷιἸΙἹΙἺΙἻΙἼΙἽΙἾΙἿΙὀοὁοὂοὃοὄοὅοὈΟὉΟὊΟὋΟὌΟὍΟὐυὑυὒυὓυὔυὕυὖυὗυὙΥὛΥὝΥὟΥὠωὡωὢωὣωὤωὥωὦωὧωὨΩὩΩὪΩὫΩὬΩὭΩὮΩὯΩὰαάαὲεέεὴη" +
        "ήηὶιίιὸοόοὺυύυὼωώωᾀαᾁαᾂαᾃαᾄαᾅαᾆαᾇαᾈΑᾉΑᾊΑᾋΑᾌΑᾍΑᾎΑᾏΑᾐηᾑηᾒηᾓηᾔηᾕηᾖηᾗηᾘΗᾙΗᾚΗᾛΗᾜΗᾝΗᾞΗᾟΗᾠωᾡωᾢωᾣωᾤωᾥωᾦωᾧωᾨΩᾩΩᾪΩᾫΩᾬΩᾭΩᾮΩᾯΩᾰαᾱαᾲαᾳαᾴαᾶαᾷαᾸΑᾹΑᾺΑΆΑᾼΑιι\u1FC1\u00A8" +
        "ῂηῃηῄηῆηῇηῈΕΈΕῊΗΉΗῌΗ\u1FCD\u1FBF\u1FCE\u1FBF\u1FCF\u1FBFῐιῑιῒιΐιῖιῗιῘΙῙΙῚΙΊΙ\u1FDD\u1FFE\u1FDE\u1FFE\u1FDF\u1FFEῠυῡυῢυΰυῤρῥρῦυῧυῨΥῩΥῪΥΎΥῬΡ\u1FED\u00A8" +
        "\u1FEE\u00A8\u1FEF\u0060ῲωῳωῴωῶωῷωῸΟΌΟῺΩΏΩῼΩ\u1FFD\u00B4\u2000\u2002\u2001\u2003ΩΩKKÅA\u219A\u2190\u219B\u2192\u21AE\u2194\u21CD\u21D0\u21CE\u21D4\u21CF\u21D2" +
        "\u2204\u2203\u2209\u2208\u220C\u220B\u2224\u2223\u2226\u2225\u2241\u223C\u2244\u2243\u2247\u2245\u2249\u2248\u2260\u003D\u2262\u2261\u226D\u224D\u226E\u003C" +
        "\u226F\u003E\u2270\u2264\u2271\u2265\u2274\u2272\u2275\u2273\u2278\u2276\u2279\u2277\u2280\u227A\u2281\u227B\u2284\u2282\u2285\u2283\u2288\u2286\u2289\u2287" +
        "\u22AC\u22A2\u22AD\u22A8\u22AE\u22A9\u22AF\u22AB\u22E0\u227C\u22E1\u227D\u22E2\u2291\u22E3\u2292\u22EA\u22B2\u22EB\u22B3\u22EC\u22B4\u22ED\u22B5\u2329\u3008" +
        "\u232A\u3009\u2ADC\u2ADDがかぎきぐくげけごこざさじしずすぜせぞそだたぢちづつでてどとばはぱはびひぴひぶふぷふべへぺへぼほぽほゔうゞゝガカギキグクゲケゴコザサジシズスゼセゾソダタヂチヅツデテドトバハパハビヒピヒブフプフベヘペヘボホポホヴウヷワヸヰヹヱヺヲヾヽ\uF900豈\uF901更" +
        "\uF902車\uF903賈\uF904滑\uF905串\uF906句\uF907龜\uF908龜\uF909契\uF90A金\uF90B喇\uF90C奈\uF90D懶\uF90E癩\uF90F羅\uF910蘿\uF911螺\uF912裸\uF913邏\uF914樂\uF915洛\uF916烙\uF917珞" +
        "\uF918落\uF919酪\uF91A駱\uF91B亂\uF91C卵\uF91D欄\uF91E爛\uF91F蘭\uF920鸞\uF921嵐\uF922濫\uF923藍\uF924襤\uF925拉\uF926臘\uF927蠟\uF928廊\uF929朗\uF92A浪\uF92B狼\uF92C郎\uF92D來" +
        "\uF92E冷\uF92F勞\uF930擄\uF931櫓\uF932爐\uF933盧\uF934老\uF935蘆\uF936虜\uF937路\uF938露\uF939魯\uF93A鷺\uF93B碌\uF93C祿\uF93D綠\uF93E菉\uF93F錄\uF940鹿\uF941論\uF942壟\uF943弄" +
        "\uF944籠\uF945聾\uF946牢\uF947磊\uF948賂\uF949雷\uF94A壘\uF94B屢\uF94C樓\uF94D淚\uF94E漏\uF94F累\uF950縷\uF951陋\uF952勒\uF953肋\uF954凜\uF955凌\uF956稜\uF957綾\uF958菱\uF959陵" +
        "\uF95A讀\uF95B拏\uF95C樂\uF95D諾\uF95E丹\uF95F寧\uF960怒\uF961率\uF962異\uF963北\uF964磻\uF965便\uF966復\uF967不\uF968泌\uF969數\uF96A索\uF96B參\uF96C塞\uF96D省\uF96E葉\uF96F說" +
        "\uF970殺\uF971辰\uF972沈\uF973拾\uF974若\uF975掠\uF976略\uF977亮\uF978兩\uF979凉\uF97A梁\uF97B糧\uF97C良\uF97D諒\uF97E量\uF97F勵\uF980呂\uF981女\uF982廬\uF983旅\uF984濾\uF985礪" +
        "\uF986閭\uF987驪\uF988麗\uF989黎\uF98A力\uF98B曆\uF98C歷\uF98D轢\uF98E年\uF98F憐\uF990戀\uF991撚\uF992漣\uF993煉\uF994璉\uF995秊\uF996練\uF997聯\uF998輦\uF999蓮\uF99A連\uF99B鍊" +
        "\uF99C列\uF99D劣\uF99E咽\uF99F烈\uF9A0裂\uF9A1說\uF9A2廉\uF9A3念\uF9A4捻\uF9A5殮\uF9A6簾\uF9A7獵\uF9A8令\uF9A9囹\uF9AA寧\uF9AB嶺\uF9AC怜\uF9AD玲\uF9AE瑩\uF9AF羚\uF9B0聆\uF9B1鈴" +
        "\uF9B2零\uF9B3靈\uF9B4領\uF9B5例\uF9B6禮\uF9B7醴\uF9B8隸\uF9B9惡\uF9BA了\uF9BB僚\uF9BC寮\uF9BD尿\uF9BE料\uF9BF樂\uF9C0燎\uF9C1療\uF9C2蓼\uF9C3遼\uF9C4龍\uF9C5暈\uF9C6阮\uF9C7劉" +
        "\uF9C8杻\uF9C9柳\uF9CA流\uF9CB溜\uF9CC琉\uF9CD留\uF9CE硫\uF9CF紐\uF9D0類\uF9D1六\uF9D2戮\uF9D3陸\uF9D4倫\uF9D5崙\uF9D6淪\uF9D7輪\uF9D8律\uF9D9慄\uF9DA栗\uF9DB率\uF9DC隆\uF9DD利" +
        "\uF9DE吏\uF9DF履\uF9E0易\uF9E1李\uF9E2梨\uF9E3泥\uF9E4理\uF9E5痢\uF9E6罹\uF9E7裏\uF9E8裡\uF9E9里\uF9EA離\uF9EB匿\uF9EC溺\uF9ED吝\uF9EE燐\uF9EF璘\uF9F0藺\uF9F1隣\uF9F2鱗\uF9F3麟" +
        "\uF9F4林\uF9F5淋\uF9F6臨\uF9F7立\uF9F8笠\uF9F9粒\uF9FA狀\uF9FB炙\uF9FC識\uF9FD什\uF9FE茶\uF9FF刺\uFA00切\uFA01度\uFA02拓\uFA03糖\uFA04宅\uFA05洞\uFA06暴\uFA07輻\uFA08行\uFA09降" +
        "\uFA0A見\uFA0B廓\uFA0C兀\uFA0D嗀\uFA10塚\uFA12晴\uFA15凞\uFA16猪\uFA17益\uFA18礼\uFA19神\uFA1A祥\uFA1B福\uFA1C靖\uFA1D精\uFA1E羽\uFA20蘒\uFA22諸\uFA25逸\uFA26都\uFA2A飯\uFA2B飼" +
        "\uFA2C館\uFA2D鶴\uFA2E郞\uFA2F隷\uFA30侮\uFA31僧\uFA32免\uFA33勉\uFA34勤\uFA35卑\uFA36喝\uFA37嘆\uFA38器\uFA39塀\uFA3A墨\uFA3B層\uFA3C屮\uFA3D悔\uFA3E慨\uFA3F憎\uFA40懲\uFA41敏" +
        "\uFA42既\uFA43暑\uFA44梅\uFA45海\uFA46渚\uFA47漢\uFA48煮\uFA49爫\uFA4A琢\uFA4B碑\uFA4C社\uFA4D祉\uFA4E祈\uFA4F祐\uFA50祖\uFA51祝\uFA52禍\uFA53禎\uFA54穀\uFA55突\uFA56節\uFA57練" +
        "\uFA58縉\uFA59繁\uFA5A署\uFA5B者\uFA5C臭\uFA5D艹\uFA5E艹\uFA5F著\uFA60褐\uFA61視\uFA62謁\uFA63謹\uFA64賓\uFA65贈\uFA66辶\uFA67逸\uFA68難\uFA69響\uFA6A頻\uFA6B恵\uFA6D舘\uFA70並" +
        "\uFA71况\uFA72全\uFA73侀\uFA74充\uFA75冀\uFA76勇\uFA77勺\uFA78喝\uFA79啕\uFA7A喙\uFA7B嗢\uFA7C塚\uFA7D墳\uFA7E奄\uFA7F奔\uFA80婢\uFA81嬨\uFA82廒\uFA83廙\uFA84彩\uFA85徭\uFA86惘" +
        "\uFA87慎\uFA88愈\uFA89憎\uFA8A慠\uFA8B懲\uFA8C戴\uFA8D揄\uFA8E搜\uFA8F摒\uFA90敖\uFA91晴\uFA92朗\uFA93望\uFA94杖\uFA95歹\uFA96殺\uFA97流\uFA98滛\uFA99滋\uFA9A漢\uFA9B瀞\uFA9C煮" +
        "\uFA9D瞧\uFA9E爵\uFA9F犯\uFAA0猪\uFAA1瑱\uFAA2甆\uFAA3画\uFAA4瘝\uFAA5瘟\uFAA6益\uFAA7盛\uFAA8直\uFAA9睊\uFAAA着\uFAAB磌\uFAAC窱\uFAAD節\uFAAE类\uFAAF絛\uFAB0練\uFAB1缾\uFAB2者" +
        "\uFAB3荒\uFAB4華\uFAB5蝹\uFAB6襁\uFAB7覆\uFAB8視\uFAB9調\uFABA諸\uFABB請\uFABC謁\uFABD諾\uFABE諭\uFABF謹\uFAC0變\uFAC1贈\uFAC2輸\uFAC3遲\uFAC4醙\uFAC5鉶\uFAC6陼\uFAC7難\uFAC8靖" +
        "\uFAC9韛\uFACA響\uFACB頋\uFACC頻\uFACD鬒\uFACE龜\uFAD2㮝\uFAD3䀘\uFAD4䀹\uFAD8齃\uFAD9龎\uFB1D\u05D9\uFB1F\u05F2\uFB2A\u05E9\uFB2B\u05E9\uFB2C\u05E9\uFB2D\u05E9\uFB2E\u05D0" +
        "\uFB2F\u05D0\uFB30\u05D0\uFB31\u05D1\uFB32\u05D2\uFB33\u05D3\uFB34\u05D4\uFB35\u05D5\uFB36\u05D6\uFB38\u05D8\uFB39\u05D9\uFB3A\u05DA\uFB3B\u05DB\uFB3C\u05DC" +
        "\uFB3E\u05DE\uFB40\u05E0\uFB41\u05E1\uFB43\u05E3\uFB44\u05E4\uFB46\u05E6\uFB47\u05E7\uFB48\u05E8\uFB49\u05E9\uFB4A\u05EA\uFB4B\u05D5\uFB4C\u05D1\uFB4D\u05DB" +
        "\uFB4E\u05E4";

    private static readonly FrozenDictionary<char, char> Bases = Table.Chunk(2).ToFrozenDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Adds a character to a text: its base, its letters, or nothing where it is a mark.</summary>
    public static void Append(StringBuilder text, Rune character)
    {
        if (character.Value is >= FirstSyllable and <= LastSyllable)
        {
            var index = character.Value - FirstSyllable;
            text.Append((char)(FirstLead + index / (Vowels * Tails))).Append((char)(FirstVowel + index / Tails % Vowels));
            if (index % Tails > 0) text.Append((char)(FirstTail + index % Tails));
        }
        else if (character.IsBmp && Bases.TryGetValue((char)character.Value, out var simple))
        {
            text.Append(simple);
        }
        else if (Rune.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
        {
            text.Append(character.ToString());
        }
    }
}
