"""Sentences of work in the trial languages with the tone that people would give them, written and judged by hand.

``+`` praise, ``-`` complaint, ``o`` neither, ``?`` both. German last, for it has the most.
"""

FRENCH = """
+ Mes collègues m'aident toujours quand j'ai une question.
+ L'accueil dans l'équipe a été chaleureux.
+ Franchement, rien à redire, continuez comme ça !
+ Le nouveau planning me convient parfaitement
+ La formation n'était pas mal du tout.
+ J'apprécie la liberté que mon chef me laisse
+ Super ambiance, j'adore mon équipe 😊
+ Aucun problème avec le télétravail.
+ On a enfin des outils modernes et rapides, merci !
+ Je me sens reconnue dans mon travail
- Personne n'a répondu à mes mails depuis deux semaines.
- Trop de réunions, pas assez de temps pour travailler
- Je n'aime pas la façon dont on nous parle.
- Le logiciel plante tous les jours
- On manque de personnel et la charge de travail est énorme.
- C'est pas clair qui décide de quoi.
- La direction ne nous écoute jamais
- Je suis épuisée et démotivée.
- Le salaire n'est pas à la hauteur
- J'attends toujours mon badge, c'est ridicule
- La reconnaissance passe au second plan.
- l'equipement est vieux et tombe souvent en panne
o Nous sommes douze dans le service.
o Je travaille le mardi et le jeudi à Lyon.
o La réunion a lieu au premier étage.
o Mon contrat commence en janvier.
? L'équipe est géniale mais les horaires sont horribles.
+ Ma manager prend le temps de m'expliquer les choses.
+ Les bureaux sont spacieux et lumineux
+ Je recommande cette entreprise les yeux fermés
+ Enfin une direction qui tient parole
- On nous change les horaires au dernier moment.
- Les promesses ne sont jamais tenues
- Mes heures supplémentaires ne sont pas payées
- Il y a une mauvaise ambiance depuis la réorganisation
- Je ne vois aucune évolution possible ici
- les chefs se renvoient la balle
o Notre équipe couvre la région Nord.
"""
SPANISH = """
+ Mis compañeros siempre me ayudan cuando tengo dudas.
+ El ambiente en el equipo es muy bueno.
+ No tengo ninguna queja, todo va muy bien
+ Mi jefa me escucha y me apoya
+ La formación no estuvo nada mal.
+ Me encanta poder trabajar desde casa 😊
+ Gracias por organizar una bienvenida tan bonita
+ La nueva herramienta funciona genial
+ Estoy contenta con el horario flexible.
+ Sin problemas hasta ahora
- Nadie ha contestado a mis correos en dos semanas.
- Demasiadas reuniones y poco tiempo para trabajar
- No me gusta cómo nos hablan.
- El programa se cuelga todos los días y es desesperante
- Falta personal y estamos desbordados.
- No está claro quién decide qué
- La dirección nunca nos escucha
- Estoy agotada y desmotivada.
- El sueldo es muy bajo
- Sigo esperando mi tarjeta de acceso
- La formación deja mucho que desear.
- no hay comunicacion entre departamentos
o Somos doce en el departamento.
o Trabajo los martes y los jueves en Sevilla.
o La reunión es en la primera planta.
o Mi contrato empieza en enero.
? El equipo es genial pero los horarios son horribles.
+ Mi responsable se toma el tiempo de explicarme las cosas.
+ Las oficinas son amplias y luminosas
+ Recomiendo esta empresa sin dudarlo
+ Por fin una dirección que cumple su palabra
- Nos cambian los turnos a última hora.
- Las promesas nunca se cumplen
- No me pagan las horas extra
- Hay mal ambiente desde la reorganización
- No veo ninguna posibilidad de crecer aquí
- los jefes se pasan la pelota
o Nuestro equipo cubre la zona norte.
"""
ITALIAN = """
+ I miei colleghi mi aiutano sempre quando ho una domanda.
+ L'atmosfera nel gruppo è molto bella.
+ Nessuna lamentela, va tutto bene
+ Il mio capo mi ascolta e mi sostiene
+ La formazione non era male.
+ Adoro lavorare da casa 😊
+ Grazie per l'accoglienza, davvero splendida
+ Il nuovo strumento funziona benissimo
+ Sono contenta dell'orario flessibile.
+ Nessun problema finora
- Nessuno ha risposto alle mie email da due settimane.
- Troppe riunioni e poco tempo per lavorare
- Non mi piace come ci parlano.
- Il programma si blocca ogni giorno, è frustrante
- Manca personale e siamo sommersi di lavoro.
- Non è chiaro chi decide cosa
- La direzione non ci ascolta mai
- Sono esausta e demotivata.
- Lo stipendio è troppo basso
- Sto ancora aspettando il mio badge
- La formazione lascia a desiderare.
- non c'e comunicazione tra i reparti
o Siamo in dodici nel reparto.
o Lavoro il martedì e il giovedì a Torino.
o La riunione è al primo piano.
o Il mio contratto inizia a gennaio.
? Il gruppo è fantastico ma gli orari sono orribili.
+ La mia responsabile trova il tempo di spiegarmi le cose.
+ Gli uffici sono spaziosi e luminosi
+ Consiglio questa azienda a occhi chiusi
+ Finalmente una direzione che mantiene la parola
- Ci cambiano i turni all'ultimo momento.
- Le promesse non vengono mai mantenute
- Non mi pagano gli straordinari
- C'è un brutto clima dopo la riorganizzazione
- Non vedo nessuna possibilità di crescita qui
- i capi si rimpallano la responsabilità
o Il nostro gruppo copre la zona nord.
"""
PORTUGUESE = """
+ Meus colegas sempre me ajudam quando tenho dúvidas.
+ O ambiente na equipe é muito bom.
+ Não tenho do que reclamar, tudo vai muito bem
+ Minha chefe me escuta e me apoia
+ O treinamento não foi nada mau.
+ Adoro poder trabalhar de casa 😊
+ Obrigada pela recepção tão bonita
+ A nova ferramenta funciona muito bem
+ Estou contente com o horário flexível.
+ Sem problemas até agora
- Ninguém respondeu aos meus e-mails em duas semanas.
- Reuniões demais e pouco tempo para trabalhar
- Não gosto da forma como falam conosco.
- O programa trava todos os dias, é frustrante
- Falta gente e estamos sobrecarregados.
- Não está claro quem decide o quê
- A direção nunca nos ouve
- Estou exausta e desmotivada.
- O salário é muito baixo
- Ainda estou esperando meu crachá
- O treinamento deixa a desejar.
- nao ha comunicacao entre os departamentos
o Somos doze no departamento.
o Trabalho às terças e quintas no Porto.
o A reunião é no primeiro andar.
o Meu contrato começa em janeiro.
? A equipe é ótima mas os horários são horríveis.
+ Minha gestora tira um tempo para me explicar as coisas.
+ Os escritórios são amplos e iluminados
+ Recomendo esta empresa de olhos fechados
+ Finalmente uma direção que cumpre a palavra
- Mudam os nossos turnos em cima da hora.
- As promessas nunca são cumpridas
- Não me pagam as horas extras
- O clima está ruim desde a reorganização
- Não vejo nenhuma possibilidade de crescer aqui
- os chefes empurram o problema uns para os outros
o Nossa equipe cobre a região norte.
"""
GERMAN = """
- Zu viele Besprechungen, die nichts bringen.
- Überstunden werden weder bezahlt noch anerkannt.
+ Meine Kollegen helfen mir immer, wenn ich Fragen habe.
+ Die Stimmung im Team ist richtig gut.
+ Läuft super, weiter so!
+ Nicht schlecht, was sich hier getan hat
+ Keine Probleme, alles gut.
+ Mein Chef hat immer ein offenes Ohr
+ Die Einarbeitung hat mir sehr geholfen 👍
+ Ich kann mich nicht beklagen.
+ Das neue Tool ist klasse und spart uns viel Zeit
+ Ich fühle mich ernst genommen und wertgeschätzt
+ Homeoffice klappt reibungslos
+ Schoen, dass wir endlich mitreden duerfen
- Ich bin überlastet.
- Wir sind alle total ueberlastet
- Weiterbildung kommt zu kurz
- Niemand hat geantwortet.
- Auf meine Mails hat seit zwei Wochen keiner geantwortet
- Zu viele Meetings
- Das gefällt mir nicht.
- Die Software funktioniert nicht richtig
- Uns fehlt Personal, wir schaffen das nicht mehr.
- Es ist unklar, wer was entscheidet
- Die Leitung hört uns nicht zu
- Mein Gehalt ist zu niedrig
- Ich warte immer noch auf meinen Ausweis
- Die Kommunikation lässt zu wünschen übrig.
- Ich fühle mich nicht wertgeschätzt
- Wertschätzung? Fehlanzeige.
- Der Laptop ist ständig kaputt 😡
- Man wird mit allem allein gelassen
- Von Work-Life-Balance kann keine Rede sein
- Ehrlich gesagt denke ich ans Kündigen
o Wir sind zwölf Leute in der Abteilung.
o Ich arbeite dienstags und donnerstags in Köln.
o Die Besprechung ist im ersten Stock.
o Mein Vertrag beginnt im Januar.
o Im Juni kommt der neue Drucker.
? Das Team ist großartig, aber die Arbeitszeiten sind furchtbar.
? Tolle Kollegen, leider viel zu viele Überstunden
+ Meine Vorgesetzte nimmt sich Zeit, mir die Dinge zu erklären.
+ Die Büros sind hell und großzügig
+ Ich kann die Firma nur weiterempfehlen
+ Endlich eine Leitung, die Wort hält
+ Der Betriebsrat setzt sich für uns ein
- Schichten werden in letzter Minute umgeworfen.
- Versprechen werden nie eingehalten
- Meine Überstunden werden nicht bezahlt
- Seit der Umstrukturierung ist die Stimmung im Keller
- Ich sehe hier keine Aufstiegschancen
- die Chefs schieben sich gegenseitig die Schuld zu
- Bin froh, wenn ich hier weg bin
- Warum erfahren wir alles erst aus der Zeitung?
o Unser Team betreut die Region Nord.
"""
BY_LANGUAGE = {"de": GERMAN, "es": SPANISH, "fr": FRENCH, "it": ITALIAN, "pt": PORTUGUESE}
SENTENCES = [
    (language, line[0], line[2:])
    for language, block in BY_LANGUAGE.items()
    for line in block.strip().splitlines()
]
