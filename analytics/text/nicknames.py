"""Short forms of first names, as colleagues use them, in the languages that replies are read in.

From common knowledge, not from a list of somebody else's. A short form that is a common word too ("Will", "Max")
counts only when capitalised, like any such name.
"""

_FORMS = """
alexander alex sascha sasha xander sandro alec; alexandra alex sandra sasha lexi; alejandro alex ale jandro; alessandro
ale sandro; alessandra ale sandra; andreas andi andy; andrew andy drew; andrea andi andy; angela angie; antonio toni
tony nino; anton toni; anthony tony; antoine toine; antonia toni; anna anni annie nan; anne annie; annalena anna lena;
barbara babs barb babsi; beatrice bea; beatriz bea; benjamin ben benni benny benji; bernard bernie; bernhard bernd hardy;
brigitte gitte biggi; caroline caro carrie; carolina caro lina; catherine cathy cate kate kitty; charles charlie chuck;
charlotte charlie lotte lottie; christian chris chrissi; christina chris tina chrissi; christine chris tina chrissie;
christoph chris stoffel; christopher chris topher kit; claudia claudi; cristina cris tina; daniel dan danny dani;
daniela dani dany; david dave davi; deborah deb debbie; dominik domi nik; dorothea doro thea; dorothy dot dottie;
edward ed eddie ted ned; eduardo edu; eleonora nora ele; elisabeth lisa liesel sissi lisbeth elli betti; elizabeth liz
lizzie beth betty eliza libby; emanuele lele manu; enrique kike quique; ernesto neto; federico fede; felix fe; ferdinand
ferdi; fernando nando fer; florian flo; francesca franci; francesco checco franz; francis frank fran; francisco paco
pancho fran curro; franziska franzi ziska; frederic fred freddy; frederick fred freddie; friederike rike fritzi;
friedrich fritz fred; gabriel gabe gabi; gabriela gabi; gabriele gabi lele; georg schorsch; gerald gerry jerry; gerhard
gerd; gertrud trudi; giovanni gianni vanni; giuseppe beppe pino peppe; gregory greg; guadalupe lupe; guillaume guigui;
guillermo memo guille; heinrich heiner heinz heini; helena lena; helene leni lene; henry harry hank; hans hansi;
ignacio nacho; isabella bella isa; isabel isa bel; jacob jake kobi; jakob jake kobi; james jim jimmy jamie; jane janie;
jessica jess jessie; jesus chus chuy; joachim jo achim jochen; johannes hannes jo hans; johann hans; john johnny jack;
jonathan jon jonny; jose pepe; josef sepp jupp; joseph joe joey; joshua josh; juan juanito; julia jule julie; karl
kalle charly; karoline karo line; katharina kathi kati kathrin katja trine; katherine kate kathy katie kitty; katrin
kati; kenneth ken kenny; konstantin kosta tino; laura lauri; lawrence larry; leonard leo lenny; leonardo leo nardo;
leonhard leo leon; lorenzo renzo; louis lou louie; lucia luci; ludwig lutz wiggerl; luigi gigi; luis lucho; magdalena
lena magda leni; manuel manu manolo; manuela manu ela; margaret maggie meg peggy marge; margarete grete gretel; maria
mia mari mariele; mariano nano; marie mimi; marion mari; markus mark; martin marty; martina tina; massimiliano max
massimo; matthew matt matty; matthias matze hias matthi; maurice mo; maximilian max maxi; mercedes merche; michael mike
mick micha michi; michaela michi ela; michel mich; miguel migue; miriam miri; mohamed mo moh hamed; mohammed mo moh
hamed; muhammad mo; nadine nadi; natalie nat; nathaniel nat nate; nicholas nick nicky; nicolas nico; nikolaus niko
klaus nick; nicole nicki niki; olivia liv livvy; oliver olli ollie; pablo pablito; pamela pam; patricia pat patty tricia
patri; patrick pat paddy; patrizia patty; peter pete piet; philip phil pip; philipp phil lippi; philippe phil; pierre
pierrot; raphael raffi rapha; raffaele lele raffa; raimund rai; rebecca becky becca; rebekka bekki; reinhard hardy;
ricardo ricky richi; richard rick dick richie rich; robert rob bob bobby robbie bert; roberto berto robi; rodrigo rodri;
roland roli; ronald ron ronnie; rosario charo; rudolf rudi; salvatore salvo toto; samantha sam; samuel sam sammy;
sara sally; sebastian basti seb bastian; sebastien seb; sergio checo; simone simo; sofia sofi; sophia sophie; sophie
soph; stefan steff; stefanie steffi; stephane steph; stephanie steph steffi; stephen steve; steven steve; susan sue
susie; susanna susi sanna; susanne susi sanne; teresa tere tess; theodor theo; theodore ted theo teddy; theresa resi
tess terry; thomas tom tommy; timothy tim timmy; tobias tobi; ulrich uli ulli; ulrike uli ulli rike; valentina vale;
vanessa nessa; veronika vroni; victoria vicky tori; vincent vince vinny; vincenzo enzo; virginia ginny; viktoria vicky;
walter walt wally; werner wernher; wilhelm willi willy; william will bill billy liam willie; wolfgang wolf wolfi;
xavier xavi; yasmin yas; yusuf yus; zachary zach zack
"""

_SHORT = {first: frozenset(rest) for first, *rest in (line.split() for line in _FORMS.split(";"))}

FIRST_NAMES = frozenset(_FORMS.replace(";", " ").split())
"""Folded first names and short forms that are known without any directory."""


def short_forms(first_name: str) -> frozenset[str]:
    """Return the short forms of a folded first name; none where no other than the name itself is usual."""
    return _SHORT.get(first_name, frozenset())
