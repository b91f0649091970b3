"""What people call passages: the passage, and its names in English and Spanish. Most of them stand
in no verse, so no search for words finds what they are of. One that is also a plain word of
scripture is left to the search.
"""

from __future__ import annotations

TABLE = """
Genesis 1:1-2:3 = creation of the world, seven days of creation, six days of creation, la creación
    del mundo
Genesis 3 = fall of man, fall of adam and eve, la caída del hombre
Genesis 3:15 = protoevangelium, protevangelium, protoevangelio
Genesis 4:1-16 = cain and abel, caín y abel
Genesis 6:9-9:17 = noah's ark, noah and the flood, great flood, el arca de noé
Genesis 11:1-9 = tower of babel, la torre de babel
Genesis 12:1-9 = call of abraham, call of abram
Genesis 19:1-29 = sodom and gomorrah, sodoma y gomorra
Genesis 19:26 = lot's wife, la mujer de lot
Genesis 22:1-19 = sacrifice of isaac, binding of isaac, akedah, el sacrificio de isaac
Genesis 28:10-22 = jacob's ladder, jacob's dream, la escalera de jacob
Genesis 32:22-32 = jacob wrestling with god, jacob wrestling with the angel, jacob wrestles with
    the angel
Genesis 37 = joseph's coat, coat of many colors, coat of many colours, joseph sold by his brothers
Exodus 2:1-10 = baby moses, moses in the basket, moses in the bulrushes
Exodus 3:1-4:17 = burning bush, la zarza ardiente
Exodus 7:14-12:32 = ten plagues, plagues of egypt, las diez plagas, las plagas de egipto
Exodus 12:1-28 = first passover, la primera pascua
Exodus 14 = crossing of the red sea, parting of the red sea, el cruce del mar rojo
Exodus 15:1-18 = song of moses, song of the sea
Exodus 20:1-17; Deuteronomy 5:6-21 = ten commandments, decalogue, los diez mandamientos, el
    decálogo
Exodus 32 = golden calf, el becerro de oro
Numbers 6:24-26 = aaronic blessing, priestly blessing, aaron's blessing, la bendición sacerdotal,
    la bendición de aarón
Numbers 21:4-9 = bronze serpent, brazen serpent, la serpiente de bronce
Numbers 22:21-39 = balaam's donkey, balaam's ass, el asna de balaam, la burra de balaam
Deuteronomy 6:4-9 = shema, shema israel
Joshua 6 = walls of jericho, battle of jericho, fall of jericho, los muros de jericó
Judges 5 = song of deborah
Judges 6:36-40 = gideon's fleece
Judges 7 = gideon's army, gideon's three hundred
Judges 16:4-31 = samson and delilah, sansón y dalila
1 Samuel 2:1-10 = hannah's prayer, song of hannah
1 Samuel 3 = call of samuel
1 Samuel 17 = david and goliath, david y goliat
2 Samuel 11 = david and bathsheba, david y betsabé
1 Kings 3:16-28 = judgment of solomon, judgement of solomon, solomon's judgment, el juicio de
    salomón
1 Kings 10:1-13 = queen of sheba, la reina de sabá
1 Kings 18:20-40 = elijah on mount carmel, elijah and the prophets of baal
2 Kings 5:1-19 = healing of naaman, naaman the leper
Job 38-41 = god answers job, the lord answers job
Psalm 23 = shepherd psalm, shepherd's psalm, el salmo del pastor
Psalm 51 = miserere
Psalms 120-134 = songs of ascents, songs of degrees, psalms of ascent
Psalm 130 = de profundis
Proverbs 31:10-31 = virtuous woman, virtuous wife, excellent wife, la mujer virtuosa
Ecclesiastes 3:1-8 = a time for everything
Isaiah 6 = call of isaiah, isaiah's vision
Isaiah 52:13-53:12 = suffering servant, song of the suffering servant, el siervo sufriente
Ezekiel 1 = ezekiel's vision, ezekiel's wheel
Ezekiel 37:1-14 = valley of dry bones, el valle de los huesos secos
Daniel 3 = fiery furnace, shadrach meshach and abednego, el horno de fuego
Daniel 5 = writing on the wall, handwriting on the wall, belshazzar's feast, la escritura en la
    pared
Daniel 6 = daniel in the lions' den, daniel and the lions, daniel en el foso de los leones
Jonah 1-2 = jonah and the whale, jonah and the fish, jonás y la ballena
Matthew 1:18-25; Luke 2:1-20 = christmas story, nativity, birth of jesus, birth of christ, el
    nacimiento de jesús, la natividad
Matthew 2:1-12 = three wise men, magi, three kings, los reyes magos
Matthew 2:13-15 = flight into egypt, la huida a egipto
Matthew 2:16-18 = massacre of the innocents, slaughter of the innocents
Matthew 3:13-17; Mark 1:9-11; Luke 3:21-22 = baptism of jesus, baptism of christ, el bautismo de
    jesús
Matthew 4:1-11; Luke 4:1-13 = temptation of jesus, temptation of christ, las tentaciones de jesús
Matthew 5-7 = sermon on the mount, el sermón del monte, el sermón de la montaña
Matthew 5:3-12; Luke 6:20-23 = beatitudes, las bienaventuranzas
Matthew 5:13-16 = salt and light, la sal y la luz
Matthew 6:9-13; Luke 11:2-4 = the lord's prayer, our father, pater noster, el padrenuestro, el
    padre nuestro
Matthew 7:12; Luke 6:31 = golden rule, la regla de oro
Matthew 7:24-27 = house built on the rock, wise and foolish builders
Matthew 13:1-23; Mark 4:1-20; Luke 8:4-15 = parable of the sower, parable of the soils, la
    parábola del sembrador
Matthew 13:24-30; Matthew 13:36-43 = wheat and the tares, wheat and the weeds, parable of the
    weeds
Matthew 13:31-32; Mark 4:30-32; Luke 13:18-19 = parable of the mustard seed, el grano de mostaza
Matthew 14:13-21; Mark 6:30-44; Luke 9:10-17; John 6:1-15 = feeding of the five thousand, feeding
    of the 5000, loaves and fishes, la multiplicación de los panes
Matthew 14:22-33 = jesus walks on water, jesus walking on water, peter walks on water, walking on
    water
Matthew 16:13-20 = peter's confession, confession of peter
Matthew 17:1-9; Mark 9:2-10; Luke 9:28-36 = transfiguration, la transfiguración
Matthew 18:21-35 = unforgiving servant, unmerciful servant
Matthew 20:1-16 = workers in the vineyard, laborers in the vineyard, labourers in the vineyard
Matthew 21:1-11; Mark 11:1-11; Luke 19:28-40; John 12:12-19 = triumphal entry, palm sunday, la
    entrada triunfal, domingo de ramos
Matthew 21:12-17; John 2:13-22 = cleansing of the temple, jesus and the money changers
Matthew 22:34-40; Mark 12:28-34 = greatest commandment, great commandment, el gran mandamiento
Matthew 24-25 = olivet discourse
Matthew 25:1-13 = ten virgins, wise and foolish virgins, las diez vírgenes
Matthew 25:14-30 = parable of the talents, la parábola de los talentos
Matthew 25:31-46 = sheep and the goats, las ovejas y los cabritos
Matthew 26:17-30; Mark 14:12-26; Luke 22:7-23 = last supper, la última cena
Matthew 26:36-46; Mark 14:32-42; Luke 22:39-46 = agony in the garden, garden of gethsemane, el
    huerto de getsemaní
Matthew 26:69-75 = peter's denial, denial of peter, peter denies jesus, la negación de pedro
Matthew 27:33-56; Mark 15:22-41; Luke 23:33-49; John 19:17-37 = crucifixion, crucifixion of jesus,
    la crucifixión
Matthew 28:1-10; Mark 16:1-8; Luke 24:1-12; John 20:1-18 = empty tomb, resurrection of jesus,
    resurrection of christ, la resurrección de jesús
Matthew 28:18-20 = great commission, la gran comisión
Mark 2:1-12 = healing of the paralytic
Mark 4:35-41 = calming of the storm, jesus calms the storm
Mark 5:1-20 = gadarene swine, gerasene demoniac
Mark 5:21-43 = jairus' daughter, jairus's daughter, la hija de jairo
Mark 12:41-44 = widow's mite, widow's mites, la ofrenda de la viuda
Luke 1:26-38 = annunciation, la anunciación
Luke 1:46-55 = magnificat, song of mary, mary's song, el magníficat
Luke 1:68-79 = benedictus, song of zechariah, song of zacharias
Luke 2:29-32 = nunc dimittis, song of simeon
Luke 5:1-11 = miraculous catch of fish, la pesca milagrosa
Luke 6:17-49 = sermon on the plain
Luke 7:1-10 = centurion's servant
Luke 10:25-37 = good samaritan, el buen samaritano
Luke 10:38-42 = mary and martha, martha and mary, marta y maría
Luke 12:16-21 = rich fool, el rico insensato
Luke 15:1-7; Matthew 18:10-14 = parable of the lost sheep, la oveja perdida
Luke 15:8-10 = parable of the lost coin, la moneda perdida
Luke 15:11-32 = prodigal son, parable of the lost son, el hijo pródigo
Luke 16:19-31 = rich man and lazarus, dives and lazarus, el rico y lázaro
Luke 17:11-19 = ten lepers, los diez leprosos
Luke 18:1-8 = persistent widow, unjust judge
Luke 18:9-14 = pharisee and the publican, pharisee and the tax collector, el fariseo y el
    publicano
Luke 18:18-27; Matthew 19:16-26; Mark 10:17-27 = rich young ruler, rich young man, el joven rico
Luke 19:1-10 = zacchaeus in the tree, jesus and zacchaeus
Luke 23:39-43 = thief on the cross, good thief, penitent thief, el buen ladrón
Luke 24:13-35 = road to emmaus, el camino a emaús
John 1:1-18 = prologue of john, john's prologue
John 2:1-11 = wedding at cana, marriage at cana, las bodas de caná
John 3:1-21 = jesus and nicodemus, nicodemus at night
John 4:1-42 = woman at the well, samaritan woman, la mujer samaritana, la samaritana
John 5:1-15 = pool of bethesda
John 6:22-59 = bread of life discourse
John 8:1-11 = woman taken in adultery, woman caught in adultery, la mujer adúltera
John 9 = man born blind, el ciego de nacimiento
John 10:1-18 = good shepherd, el buen pastor
John 11:1-44 = raising of lazarus, resurrection of lazarus, la resurrección de lázaro
John 13:1-17 = jesus washes the disciples' feet, washing of the feet, washing of the disciples'
    feet
John 17 = high priestly prayer
John 20:24-29 = doubting thomas, doubt of thomas, la duda de tomás
Acts 1:6-11 = ascension, ascension of jesus, la ascensión
Acts 7:54-60 = stoning of stephen, martyrdom of stephen
Acts 8:26-40 = ethiopian eunuch, el eunuco etíope
Acts 9:1-19 = road to damascus, conversion of paul, conversion of saul, el camino a damasco, la
    conversión de pablo
Acts 16:25-34 = philippian jailer, philippian jailor
Acts 17:16-34 = areopagus speech, areopagus sermon, mars hill sermon
Acts 27 = paul's shipwreck, shipwreck of paul
Romans 3:23; Romans 6:23; Romans 5:8; Romans 10:9-10; Romans 10:13 = romans road
1 Corinthians 13 = love chapter, hymn to love, el himno al amor
1 Corinthians 15 = resurrection chapter
Galatians 5:22-23 = fruit of the spirit, fruits of the spirit, el fruto del espíritu
Ephesians 6:10-18 = armor of god, armour of god, full armor of god, whole armour of god, la
    armadura de dios
Philippians 2:5-11 = christ hymn, kenosis
Hebrews 11 = hall of faith, faith chapter, heroes of faith, los héroes de la fe
James 3:1-12 = taming the tongue
Revelation 2-3 = letters to the seven churches, seven churches, las siete iglesias
Revelation 6:1-8 = four horsemen, four horsemen of the apocalypse, los cuatro jinetes, los cuatro
    jinetes del apocalipsis
Revelation 13:11-18 = mark of the beast, number of the beast, la marca de la bestia
Revelation 20:11-15 = great white throne, el gran trono blanco
"""
